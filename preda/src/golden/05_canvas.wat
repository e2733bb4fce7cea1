(module
 (type $0 (func (param i32)))
 (type $1 (func))
 (type $2 (func (param i32) (result i32)))
 (type $3 (func (param i32 i32)))
 (type $4 (func (result i32)))
 (type $5 (func (param i32 i32 i32 i32 i32 i32 i32)))
 (type $6 (func (param i64 i64)))
 (type $7 (func (param i32 i32) (result i32)))
 (type $8 (func (param i32 i32 i32)))
 (import "rt" "memory" (memory $mimport$0 0))
 (import "rt" "fuel" (global $gimport$0 (mut i64)))
 (import "rt" "stack" (global $gimport$1 (mut i32)))
 (import "rt" "len" (global $gimport$2 (mut i32)))
 (import "rt" "fault" (func $fault (param i32)))
 (import "rt" "alloc" (func $alloc (param i32) (result i32)))
 (import "rt" "relay" (func $relay (param i32 i32 i32 i32 i32 i32 i32)))
 (import "rt" "state_read" (func $state_read (param i32) (result i32)))
 (import "rt" "log_amount" (func $log_amount (param i64 i64)))
 (import "rt" "state_write" (func $state_write (param i32 i32) (result i32)))
 (import "rt" "ret" (func $ret (param i32 i32)))
 (import "rt" "address_valid" (func $address_valid (param i32) (result i32)))
 (global $global$0 (mut i32) (i32.const 0))
 (global $global$1 (mut i32) (i32.const 0))
 (global $global$2 (mut i32) (i32.const 0))
 (global $global$3 (mut i32) (i32.const 0))
 (export "invoke" (func $invoke))
 (func $paint (param $0 i32) (param $1 i32) (param $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i32)
  (local $6 i32)
  (local $7 i32)
  (local $8 i32)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 264)
   )
  )
  (if
   (i32.lt_s
    (global.get $gimport$1)
    (i32.const 0)
   )
   (then
    (call $fault
     (i32.const 15)
    )
    (unreachable)
   )
  )
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 64)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (local.set $4
   (select
    (i32.shl
     (local.get $0)
     (i32.const 16)
    )
    (i32.const 0)
    (i32.lt_u
     (i32.const 16)
     (i32.const 32)
    )
   )
  )
  (local.set $3
   (i32.or
    (local.get $4)
    (local.get $1)
   )
  )
  (local.set $4
   (i32.add
    (global.get $global$0)
    (i32.const 200)
   )
  )
  (local.set $5
   (local.get $4)
  )
  (local.set $4
   (call $alloc
    (i32.const 4)
   )
  )
  (i32.store align=1
   (local.get $4)
   (local.get $3)
  )
  (local.set $6
   (call $alloc
    (i32.const 40)
   )
  )
  (local.set $7
   (local.get $5)
  )
  (if
   (i32.eqz
    (local.get $7)
   )
   (then
    (if
     (i32.eqz
      (global.get $global$1)
     )
     (then
      (call $zeros.make)
     )
    )
    (local.set $8
     (global.get $global$1)
    )
    (local.set $7
     (local.get $8)
    )
   )
  )
  (i64.store align=1
   (local.get $6)
   (i64.load align=1
    (local.get $7)
   )
  )
  (i64.store offset=8 align=1
   (local.get $6)
   (i64.load offset=8 align=1
    (local.get $7)
   )
  )
  (i64.store offset=16 align=1
   (local.get $6)
   (i64.load offset=16 align=1
    (local.get $7)
   )
  )
  (i64.store offset=24 align=1
   (local.get $6)
   (i64.load offset=24 align=1
    (local.get $7)
   )
  )
  (i32.store offset=32 align=1
   (local.get $6)
   (i32.load offset=32 align=1
    (local.get $7)
   )
  )
  (i32.store offset=36 align=1
   (local.get $6)
   (local.get $2)
  )
  (call $relay
   (i32.const 1)
   (i32.const 4)
   (local.get $4)
   (i32.const 4)
   (i32.const 2)
   (local.get $6)
   (i32.const 40)
  )
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 264)
   )
  )
 )
 (func $look (result i32)
  (local $0 i32)
  (local $1 i32)
  (local $scratch i32)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 160)
   )
  )
  (if
   (i32.lt_s
    (global.get $gimport$1)
    (i32.const 0)
   )
   (then
    (call $fault
     (i32.const 15)
    )
    (unreachable)
   )
  )
  (local.set $0
   (global.get $global$2)
  )
  (if
   (i32.eqz
    (local.get $0)
   )
   (then
    (local.set $1
     (call $state.load.uint32)
    )
    (local.set $0
     (local.get $1)
    )
   )
  )
  (return
   (block (result i32)
    (local.set $scratch
     (i32.load offset=28 align=1
      (local.get $0)
     )
    )
    (global.set $gimport$1
     (i32.add
      (global.get $gimport$1)
      (i32.const 160)
     )
    )
    (local.get $scratch)
   )
  )
 )
 (func $paint#2 (param $0 i32) (param $1 i32)
  (local $2 i32)
  (local $3 i32)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 224)
   )
  )
  (if
   (i32.lt_s
    (global.get $gimport$1)
    (i32.const 0)
   )
   (then
    (call $fault
     (i32.const 15)
    )
    (unreachable)
   )
  )
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 11)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (local.set $2
   (global.get $global$2)
  )
  (if
   (i32.eqz
    (local.get $2)
   )
   (then
    (local.set $3
     (call $state.load.uint32)
    )
    (local.set $2
     (local.get $3)
    )
   )
  )
  (i32.store offset=24 align=1
   (local.get $2)
   (local.get $0)
  )
  (i32.store align=1
   (local.get $2)
   (i32.const 1)
  )
  (i32.store offset=28 align=1
   (local.get $2)
   (local.get $1)
  )
  (i32.store align=1
   (local.get $2)
   (i32.const 1)
  )
  (call $relay
   (i32.const 1)
   (i32.const 1)
   (local.get $0)
   (i32.const 36)
   (i32.const 3)
   (i32.const 0)
   (i32.const 0)
  )
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 224)
   )
  )
 )
 (func $paint#3
  (local $0 i32)
  (local $1 i32)
  (local $2 i32)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 176)
   )
  )
  (if
   (i32.lt_s
    (global.get $gimport$1)
    (i32.const 0)
   )
   (then
    (call $fault
     (i32.const 15)
    )
    (unreachable)
   )
  )
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 2)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (local.set $0
   (global.get $global$3)
  )
  (if
   (i32.eqz
    (local.get $0)
   )
   (then
    (local.set $1
     (call $state.load.address)
    )
    (local.set $0
     (local.get $1)
    )
   )
  )
  (local.set $1
   (i32.load offset=24 align=1
    (local.get $0)
   )
  )
  (local.set $2
   (i32.add
    (local.get $1)
    (i32.const 1)
   )
  )
  (if
   (i32.lt_u
    (local.get $2)
    (local.get $1)
   )
   (then
    (call $fault
     (i32.const 1)
    )
    (unreachable)
   )
  )
  (i32.store offset=24 align=1
   (local.get $0)
   (local.get $2)
  )
  (i32.store align=1
   (local.get $0)
   (i32.const 1)
  )
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 176)
   )
  )
 )
 (func $zeros.make
  (local $0 i32)
  (local.set $0
   (call $alloc
    (i32.const 64)
   )
  )
  (global.set $global$1
   (local.get $0)
  )
 )
 (func $state.load.uint32 (result i32)
  (local $0 i32)
  (local $1 i32)
  (local $2 i32)
  (local.set $0
   (call $state_read
    (i32.const 0)
   )
  )
  (local.set $1
   (call $alloc
    (i32.const 32)
   )
  )
  (global.set $global$2
   (local.get $1)
  )
  (if
   (local.get $0)
   (then
    (i32.store offset=8 align=1
     (local.get $1)
     (local.get $0)
    )
    (i32.store offset=12 align=1
     (local.get $1)
     (global.get $gimport$2)
    )
    (local.set $2
     (call $alloc
      (i32.const 40)
     )
    )
    (i64.store align=1
     (local.get $2)
     (i64.load align=1
      (local.get $0)
     )
    )
    (i64.store offset=8 align=1
     (local.get $2)
     (i64.load offset=8 align=1
      (local.get $0)
     )
    )
    (i64.store offset=16 align=1
     (local.get $2)
     (i64.load offset=16 align=1
      (local.get $0)
     )
    )
    (i64.store offset=24 align=1
     (local.get $2)
     (i64.load offset=24 align=1
      (local.get $0)
     )
    )
    (i64.store offset=32 align=1
     (local.get $2)
     (i64.load offset=32 align=1
      (local.get $0)
     )
    )
    (i32.store offset=24 align=1
     (local.get $1)
     (local.get $2)
    )
    (i32.store offset=28 align=1
     (local.get $1)
     (i32.load offset=36 align=1
      (local.get $2)
     )
    )
   )
  )
  (return
   (local.get $1)
  )
 )
 (func $state.load.address (result i32)
  (local $0 i32)
  (local $1 i32)
  (local.set $0
   (call $state_read
    (i32.const 0)
   )
  )
  (local.set $1
   (call $alloc
    (i32.const 32)
   )
  )
  (global.set $global$3
   (local.get $1)
  )
  (if
   (local.get $0)
   (then
    (i32.store offset=8 align=1
     (local.get $1)
     (local.get $0)
    )
    (i32.store offset=12 align=1
     (local.get $1)
     (global.get $gimport$2)
    )
    (i32.store offset=24 align=1
     (local.get $1)
     (i32.load align=1
      (local.get $0)
     )
    )
   )
  )
  (return
   (local.get $1)
  )
 )
 (func $invoke.paint (param $0 i32)
  (local $1 i32)
  (local $2 i32)
  (local $3 i32)
  (local $4 i32)
  (local $5 i64)
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 13)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load8_u offset=5
     (local.get $0)
    )
    (i32.const 1)
   )
   (then
    (call $fault
     (i32.const 16)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load offset=192 align=1
     (local.get $0)
    )
    (i32.const 8)
   )
   (then
    (call $fault
     (i32.const 12)
    )
    (unreachable)
   )
  )
  (local.set $1
   (i32.add
    (local.get $0)
    (i32.const 240)
   )
  )
  (local.set $2
   (i32.load16_u align=1
    (local.get $1)
   )
  )
  (local.set $3
   (i32.load16_u offset=2 align=1
    (local.get $1)
   )
  )
  (local.set $4
   (i32.load offset=4 align=1
    (local.get $1)
   )
  )
  (local.set $5
   (i64.extend_i32_u
    (local.get $2)
   )
  )
  (call $log_amount
   (local.get $5)
   (i64.const 0)
  )
  (call $paint
   (local.get $2)
   (local.get $3)
   (local.get $4)
  )
  (call $state.flush.address)
 )
 (func $state.flush.address
  (local $0 i32)
  (local $1 i32)
  (local.set $0
   (global.get $global$3)
  )
  (if
   (i32.eqz
    (local.get $0)
   )
   (then
    (return)
   )
  )
  (if
   (i32.eqz
    (i32.or
     (i32.load align=1
      (local.get $0)
     )
     (i32.load offset=4 align=1
      (local.get $0)
     )
    )
   )
   (then
    (return)
   )
  )
  (local.set $1
   (call $state_write
    (i32.const 0)
    (i32.const 4)
   )
  )
  (i32.store align=1
   (local.get $1)
   (i32.load offset=24 align=1
    (local.get $0)
   )
  )
 )
 (func $invoke.look (param $0 i32)
  (local $1 i32)
  (local $2 i32)
  (local $3 i32)
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 12)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load8_u offset=5
     (local.get $0)
    )
    (i32.const 4)
   )
   (then
    (call $fault
     (i32.const 16)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load offset=192 align=1
     (local.get $0)
    )
    (i32.const 0)
   )
   (then
    (call $fault
     (i32.const 12)
    )
    (unreachable)
   )
  )
  (local.set $1
   (i32.add
    (local.get $0)
    (i32.const 208)
   )
  )
  (local.set $2
   (call $look)
  )
  (local.set $3
   (call $alloc
    (i32.const 4)
   )
  )
  (i32.store align=1
   (local.get $3)
   (local.get $2)
  )
  (call $ret
   (local.get $3)
   (i32.const 4)
  )
  (call $state.flush.uint32)
 )
 (func $state.flush.uint32
  (local $0 i32)
  (local $1 i32)
  (local $2 i32)
  (local $3 i32)
  (local.set $0
   (global.get $global$2)
  )
  (if
   (i32.eqz
    (local.get $0)
   )
   (then
    (return)
   )
  )
  (if
   (i32.eqz
    (i32.or
     (i32.load align=1
      (local.get $0)
     )
     (i32.load offset=4 align=1
      (local.get $0)
     )
    )
   )
   (then
    (return)
   )
  )
  (local.set $1
   (call $state_write
    (i32.const 0)
    (i32.const 40)
   )
  )
  (local.set $2
   (i32.load offset=24 align=1
    (local.get $0)
   )
  )
  (if
   (i32.eqz
    (local.get $2)
   )
   (then
    (if
     (i32.eqz
      (global.get $global$1)
     )
     (then
      (call $zeros.make)
     )
    )
    (local.set $3
     (global.get $global$1)
    )
    (local.set $2
     (local.get $3)
    )
   )
  )
  (i64.store align=1
   (local.get $1)
   (i64.load align=1
    (local.get $2)
   )
  )
  (i64.store offset=8 align=1
   (local.get $1)
   (i64.load offset=8 align=1
    (local.get $2)
   )
  )
  (i64.store offset=16 align=1
   (local.get $1)
   (i64.load offset=16 align=1
    (local.get $2)
   )
  )
  (i64.store offset=24 align=1
   (local.get $1)
   (i64.load offset=24 align=1
    (local.get $2)
   )
  )
  (i32.store offset=32 align=1
   (local.get $1)
   (i32.load offset=32 align=1
    (local.get $2)
   )
  )
  (i32.store offset=36 align=1
   (local.get $1)
   (i32.load offset=28 align=1
    (local.get $0)
   )
  )
 )
 (func $invoke.paint#2 (param $0 i32)
  (local $1 i32)
  (local $2 i32)
  (local $3 i64)
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 45)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load8_u offset=5
     (local.get $0)
    )
    (i32.const 4)
   )
   (then
    (call $fault
     (i32.const 16)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load offset=192 align=1
     (local.get $0)
    )
    (i32.const 40)
   )
   (then
    (call $fault
     (i32.const 12)
    )
    (unreachable)
   )
  )
  (local.set $1
   (i32.add
    (local.get $0)
    (i32.const 208)
   )
  )
  (if
   (i32.eq
    (i32.load8_u offset=4
     (local.get $0)
    )
    (i32.const 0)
   )
   (then
    (local.set $2
     (call $address_valid
      (local.get $1)
     )
    )
    (if
     (i32.eqz
      (local.get $2)
     )
     (then
      (call $fault
       (i32.const 12)
      )
      (unreachable)
     )
    )
   )
  )
  (local.set $2
   (i32.load offset=36 align=1
    (local.get $1)
   )
  )
  (local.set $3
   (i64.extend_i32_u
    (local.get $2)
   )
  )
  (call $log_amount
   (local.get $3)
   (i64.const 0)
  )
  (call $paint#2
   (local.get $1)
   (local.get $2)
  )
  (call $state.flush.uint32)
 )
 (func $invoke.paint#3 (param $0 i32)
  (local $1 i32)
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 5)
   )
  )
  (if
   (i64.lt_s
    (global.get $gimport$0)
    (i64.const 0)
   )
   (then
    (call $fault
     (i32.const 30)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load8_u offset=5
     (local.get $0)
    )
    (i32.const 1)
   )
   (then
    (call $fault
     (i32.const 16)
    )
    (unreachable)
   )
  )
  (if
   (i32.ne
    (i32.load offset=192 align=1
     (local.get $0)
    )
    (i32.const 0)
   )
   (then
    (call $fault
     (i32.const 12)
    )
    (unreachable)
   )
  )
  (local.set $1
   (i32.add
    (local.get $0)
    (i32.const 240)
   )
  )
  (call $paint#3)
  (call $state.flush.address)
 )
 (func $invoke (param $0 i32) (param $1 i32)
  (global.set $global$1
   (i32.const 0)
  )
  (global.set $global$2
   (i32.const 0)
  )
  (global.set $global$3
   (i32.const 0)
  )
  (global.set $global$0
   (local.get $1)
  )
  (if
   (i32.ge_u
    (local.get $0)
    (i32.const 4)
   )
   (then
    (call $fault
     (i32.const 16)
    )
    (unreachable)
   )
  )
  (block $block4
   (block $block3
    (block $block2
     (block $block1
      (block $block
       (br_table $block $block1 $block2 $block3 $block4
        (local.get $0)
       )
      )
      (call $invoke.paint
       (local.get $1)
      )
      (br $block4)
     )
     (call $invoke.look
      (local.get $1)
     )
     (br $block4)
    )
    (call $invoke.paint#2
     (local.get $1)
    )
    (br $block4)
   )
   (call $invoke.paint#3
    (local.get $1)
   )
   (br $block4)
  )
 )
)
