(module
 (type $0 (func (param i32)))
 (type $1 (func))
 (type $2 (func (param i32) (result i32)))
 (type $3 (func (result i32)))
 (type $4 (func (param i32 i32 i32 i32 i32 i32 i32)))
 (type $5 (func (param i32) (result i64)))
 (type $6 (func (param i64 i64)))
 (type $7 (func (param i32 i32) (result i32)))
 (type $8 (func (param i64)))
 (type $9 (func (param i32 i32)))
 (import "rt" "memory" (memory $mimport$0 0))
 (import "rt" "fuel" (global $gimport$0 (mut i64)))
 (import "rt" "stack" (global $gimport$1 (mut i32)))
 (import "rt" "len" (global $gimport$2 (mut i32)))
 (import "rt" "fault" (func $fault (param i32)))
 (import "rt" "relay" (func $relay (param i32 i32 i32 i32 i32 i32 i32)))
 (import "rt" "context" (func $context (param i32) (result i64)))
 (import "rt" "state_read" (func $state_read (param i32) (result i32)))
 (import "rt" "alloc" (func $alloc (param i32) (result i32)))
 (import "rt" "log_amount" (func $log_amount (param i64 i64)))
 (import "rt" "state_write" (func $state_write (param i32 i32) (result i32)))
 (global $global$0 (mut i32) (i32.const 0))
 (global $global$1 (mut i32) (i32.const 0))
 (global $global$2 (mut i32) (i32.const 0))
 (export "invoke" (func $invoke))
 (func $start (param $0 i64)
  (local $1 i32)
  (local $2 i32)
  (local $3 i64)
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
    (i64.const 4)
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
  (local.set $1
   (global.get $global$0)
  )
  (if
   (i32.eqz
    (local.get $1)
   )
   (then
    (local.set $2
     (call $state.load.address)
    )
    (local.set $1
     (local.get $2)
    )
   )
  )
  (i64.store offset=24 align=1
   (local.get $1)
   (local.get $0)
  )
  (i32.store align=1
   (local.get $1)
   (i32.const 1)
  )
  (local.set $3
   (i64.load offset=24 align=1
    (local.get $1)
   )
  )
  (if
   (i64.gt_u
    (local.get $3)
    (i64.const 0)
   )
   (then
    (global.set $gimport$0
     (i64.sub
      (global.get $gimport$0)
      (i64.const 6)
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
    (call $relay
     (i32.const 4)
     (i32.load8_u offset=5
      (global.get $global$1)
     )
     (i32.add
      (global.get $global$1)
      (i32.const 200)
     )
     (i32.const 36)
     (i32.const 1)
     (i32.const 0)
     (i32.const 0)
    )
   )
  )
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 224)
   )
  )
 )
 (func $tick
  (local $0 i32)
  (local $1 i32)
  (local $2 i64)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 216)
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
    (i64.const 9)
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
   (global.get $global$0)
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
  (local.set $2
   (i64.load offset=24 align=1
    (local.get $0)
   )
  )
  (if
   (i64.lt_u
    (local.get $2)
    (i64.const 1)
   )
   (then
    (call $fault
     (i32.const 2)
    )
    (unreachable)
   )
  )
  (i64.store offset=24 align=1
   (local.get $0)
   (i64.sub
    (local.get $2)
    (i64.const 1)
   )
  )
  (i32.store align=1
   (local.get $0)
   (i32.const 1)
  )
  (local.set $2
   (call $context
    (i32.const 0)
   )
  )
  (i64.store offset=32 align=1
   (local.get $0)
   (local.get $2)
  )
  (i32.store align=1
   (local.get $0)
   (i32.const 1)
  )
  (local.set $2
   (i64.load offset=24 align=1
    (local.get $0)
   )
  )
  (if
   (i64.gt_u
    (local.get $2)
    (i64.const 0)
   )
   (then
    (global.set $gimport$0
     (i64.sub
      (global.get $gimport$0)
      (i64.const 6)
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
    (call $relay
     (i32.const 4)
     (i32.load8_u offset=5
      (global.get $global$1)
     )
     (i32.add
      (global.get $global$1)
      (i32.const 200)
     )
     (i32.const 36)
     (i32.const 1)
     (i32.const 0)
     (i32.const 0)
    )
   )
   (else
    (global.set $gimport$0
     (i64.sub
      (global.get $gimport$0)
      (i64.const 6)
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
    (call $relay
     (i32.const 3)
     (i32.const 3)
     (i32.add
      (global.get $global$1)
      (i32.const 200)
     )
     (i32.const 0)
     (i32.const 2)
     (i32.const 0)
     (i32.const 0)
    )
   )
  )
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 216)
   )
  )
 )
 (func $tick#2
  (local $0 i32)
  (local $1 i32)
  (local $2 i64)
  (local $3 i64)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 184)
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
   (global.get $global$2)
  )
  (if
   (i32.eqz
    (local.get $0)
   )
   (then
    (local.set $1
     (call $state.load.global)
    )
    (local.set $0
     (local.get $1)
    )
   )
  )
  (local.set $2
   (i64.load offset=24 align=1
    (local.get $0)
   )
  )
  (local.set $3
   (i64.add
    (local.get $2)
    (i64.const 1)
   )
  )
  (if
   (i64.lt_u
    (local.get $3)
    (local.get $2)
   )
   (then
    (call $fault
     (i32.const 1)
    )
    (unreachable)
   )
  )
  (i64.store offset=24 align=1
   (local.get $0)
   (local.get $3)
  )
  (i32.store align=1
   (local.get $0)
   (i32.const 1)
  )
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 184)
   )
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
    (i32.const 40)
   )
  )
  (global.set $global$0
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
    (i64.store offset=24 align=1
     (local.get $1)
     (i64.load align=1
      (local.get $0)
     )
    )
    (i64.store offset=32 align=1
     (local.get $1)
     (i64.load offset=8 align=1
      (local.get $0)
     )
    )
   )
  )
  (return
   (local.get $1)
  )
 )
 (func $state.load.global (result i32)
  (local $0 i32)
  (local $1 i32)
  (local.set $0
   (call $state_read
    (i32.const 2)
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
    (i64.store offset=24 align=1
     (local.get $1)
     (i64.load align=1
      (local.get $0)
     )
    )
   )
  )
  (return
   (local.get $1)
  )
 )
 (func $invoke.start (param $0 i32)
  (local $1 i32)
  (local $2 i64)
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
   (i64.load align=1
    (local.get $1)
   )
  )
  (call $log_amount
   (local.get $2)
   (i64.const 0)
  )
  (call $start
   (local.get $2)
  )
  (call $state.flush.address)
 )
 (func $state.flush.address
  (local $0 i32)
  (local $1 i32)
  (local.set $0
   (global.get $global$0)
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
    (i32.const 16)
   )
  )
  (i64.store align=1
   (local.get $1)
   (i64.load offset=24 align=1
    (local.get $0)
   )
  )
  (i64.store offset=8 align=1
   (local.get $1)
   (i64.load offset=32 align=1
    (local.get $0)
   )
  )
 )
 (func $invoke.tick (param $0 i32)
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
  (call $tick)
  (call $state.flush.address)
 )
 (func $invoke.tick#2 (param $0 i32)
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
    (i32.const 3)
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
    (i32.const 200)
   )
  )
  (call $tick#2)
  (call $state.flush.global)
 )
 (func $state.flush.global
  (local $0 i32)
  (local $1 i32)
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
    (i32.const 2)
    (i32.const 8)
   )
  )
  (i64.store align=1
   (local.get $1)
   (i64.load offset=24 align=1
    (local.get $0)
   )
  )
 )
 (func $invoke (param $0 i32) (param $1 i32)
  (global.set $global$0
   (i32.const 0)
  )
  (global.set $global$2
   (i32.const 0)
  )
  (global.set $global$1
   (local.get $1)
  )
  (if
   (i32.ge_u
    (local.get $0)
    (i32.const 3)
   )
   (then
    (call $fault
     (i32.const 16)
    )
    (unreachable)
   )
  )
  (block $block3
   (block $block2
    (block $block1
     (block $block
      (br_table $block $block1 $block2 $block3
       (local.get $0)
      )
     )
     (call $invoke.start
      (local.get $1)
     )
     (br $block3)
    )
    (call $invoke.tick
     (local.get $1)
    )
    (br $block3)
   )
   (call $invoke.tick#2
    (local.get $1)
   )
   (br $block3)
  )
 )
)
