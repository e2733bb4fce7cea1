(module
 (type $0 (func (param i32)))
 (type $1 (func (param i32) (result i32)))
 (type $2 (func (param i32 i32)))
 (type $3 (func (param i64)))
 (type $4 (func (result i64)))
 (type $5 (func (result i32)))
 (type $6 (func))
 (type $7 (func (param i64 i64)))
 (type $8 (func (param i32 i32) (result i32)))
 (import "rt" "memory" (memory $mimport$0 0))
 (import "rt" "fuel" (global $gimport$0 (mut i64)))
 (import "rt" "stack" (global $gimport$1 (mut i32)))
 (import "rt" "len" (global $gimport$2 (mut i32)))
 (import "rt" "fault" (func $fault (param i32)))
 (import "rt" "state_read" (func $state_read (param i32) (result i32)))
 (import "rt" "alloc" (func $alloc (param i32) (result i32)))
 (import "rt" "log_amount" (func $log_amount (param i64 i64)))
 (import "rt" "state_write" (func $state_write (param i32 i32) (result i32)))
 (import "rt" "ret" (func $ret (param i32 i32)))
 (global $global$0 (mut i32) (i32.const 0))
 (global $global$1 (mut i32) (i32.const 0))
 (global $global$2 (mut i32) (i32.const 0))
 (export "invoke" (func $invoke))
 (func $on_deploy (param $0 i64)
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
    (i64.const 1)
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
     (call $state.load.global)
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
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 176)
   )
  )
 )
 (func $bump (result i64)
  (local $0 i32)
  (local $1 i32)
  (local $2 i64)
  (local $3 i32)
  (local $4 i64)
  (local $5 i64)
  (local $scratch i64)
  (global.set $gimport$1
   (i32.sub
    (global.get $gimport$1)
    (i32.const 200)
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
  (local.set $0
   (global.get $global$0)
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
   (global.get $global$1)
  )
  (if
   (i32.eqz
    (local.get $3)
   )
   (then
    (local.set $1
     (call $state.load.address)
    )
    (local.set $3
     (local.get $1)
    )
   )
  )
  (local.set $4
   (i64.load offset=24 align=1
    (local.get $3)
   )
  )
  (local.set $5
   (i64.add
    (local.get $4)
    (local.get $2)
   )
  )
  (if
   (i64.lt_u
    (local.get $5)
    (local.get $4)
   )
   (then
    (call $fault
     (i32.const 1)
    )
    (unreachable)
   )
  )
  (i64.store offset=24 align=1
   (local.get $3)
   (local.get $5)
  )
  (i32.store align=1
   (local.get $3)
   (i32.const 1)
  )
  (return
   (block (result i64)
    (local.set $scratch
     (i64.load offset=24 align=1
      (local.get $3)
     )
    )
    (global.set $gimport$1
     (i32.add
      (global.get $gimport$1)
      (i32.const 200)
     )
    )
    (local.get $scratch)
   )
  )
 )
 (func $current (result i64)
  (local $0 i32)
  (local $1 i32)
  (local $scratch i64)
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
   (global.get $global$1)
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
  (return
   (block (result i64)
    (local.set $scratch
     (i64.load offset=24 align=1
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
 (func $set_step (param $0 i64)
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
    (i64.const 7)
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
   (i32.eqz
    (i64.gt_u
     (local.get $0)
     (i64.const 0)
    )
   )
   (then
    (call $fault
     (i32.const 21)
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
     (call $state.load.global)
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
  (global.set $gimport$1
   (i32.add
    (global.get $gimport$1)
    (i32.const 176)
   )
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
  (global.set $global$1
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
 (func $invoke.on_deploy (param $0 i32)
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
    (i32.const 200)
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
  (call $on_deploy
   (local.get $2)
  )
  (call $state.flush.global)
 )
 (func $state.flush.global
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
 (func $invoke.bump (param $0 i32)
  (local $1 i32)
  (local $2 i64)
  (local $3 i32)
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 16)
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
  (local.set $2
   (call $bump)
  )
  (local.set $3
   (call $alloc
    (i32.const 8)
   )
  )
  (i64.store align=1
   (local.get $3)
   (local.get $2)
  )
  (call $ret
   (local.get $3)
   (i32.const 8)
  )
  (call $state.flush.address)
 )
 (func $state.flush.address
  (local $0 i32)
  (local $1 i32)
  (local.set $0
   (global.get $global$1)
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
 (func $invoke.current (param $0 i32)
  (local $1 i32)
  (local $2 i64)
  (local $3 i32)
  (global.set $gimport$0
   (i64.sub
    (global.get $gimport$0)
    (i64.const 16)
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
  (local.set $2
   (call $current)
  )
  (local.set $3
   (call $alloc
    (i32.const 8)
   )
  )
  (i64.store align=1
   (local.get $3)
   (local.get $2)
  )
  (call $ret
   (local.get $3)
   (i32.const 8)
  )
  (call $state.flush.address)
 )
 (func $invoke.set_step (param $0 i32)
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
    (i32.const 200)
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
  (call $set_step
   (local.get $2)
  )
  (call $state.flush.global)
 )
 (func $invoke (param $0 i32) (param $1 i32)
  (global.set $global$0
   (i32.const 0)
  )
  (global.set $global$1
   (i32.const 0)
  )
  (global.set $global$2
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
      (call $invoke.on_deploy
       (local.get $1)
      )
      (br $block4)
     )
     (call $invoke.bump
      (local.get $1)
     )
     (br $block4)
    )
    (call $invoke.current
     (local.get $1)
    )
    (br $block4)
   )
   (call $invoke.set_step
    (local.get $1)
   )
   (br $block4)
  )
 )
)
