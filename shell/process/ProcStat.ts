/**
 * One line of /proc/<pid>/stat as data: a total parser, whatever a program has written into its own name.
 */
import * as Option from "effect/Option"

export interface ProcStat {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  readonly sid: number
  /** Clock ticks since boot, as printed. */
  readonly startTime: string
  /** One letter of proc(5): R S D T t Z X I … */
  readonly state: string
  readonly kernelThread: boolean
  /** Processor time of it and of its children that it has waited for, milliseconds. */
  readonly cpuMs: number
}

/** Of a clock tick as /proc counts them (USER_HZ), the same on every architecture that Node runs on. */
const tickMs = 10

/** PF_KTHREAD of the kernel's include/linux/sched.h. */
const kernelThreadFlag = 0x00200000

const natural = /^\d{1,15}$/
/** A process that is being reaped has neither group nor session, though the kernel may still print its line. */
const none = "-1"

/**
 * The process of a line; null where there is none any more, None where the text is no such line.
 *
 * Reads the fields by their place after the last `)`, because the name before it may hold spaces and brackets.
 * The numbers of the fields are those of proc(5): 3 state, 4 ppid, 5 pgrp, 6 session, 9 flags, 14 to 17 utime,
 * stime, cutime and cstime, 20 num_threads, 22 starttime.
 */
export const parse = (text: string): Option.Option<ProcStat | null> => {
  if (text === "") return Option.some(null)
  const close = text.lastIndexOf(")")
  const pid = text.slice(0, Math.max(text.indexOf(" ("), 0))
  const rest = text.slice(close + 2).split(" ")
  const field = (number: number): string => rest[number - 3] ?? ""
  const state = field(3)
  const startTime = field(22)
  const times = [field(14), field(15), field(16), field(17)]
  const numbers = [pid, field(4), field(9), field(20), startTime, ...times]
  if (close < 0 || !/^[A-Za-z]$/.test(state) || !numbers.every((number) => natural.test(number))) return Option.none()
  const groups = [field(5), field(6)]
  if (groups.every((group) => group === none)) return Option.some(null)
  if (!groups.every((group) => natural.test(group))) return Option.none()
  return Option.some({
    pid: Number(pid),
    ppid: Number(field(4)),
    pgid: Number(field(5)),
    sid: Number(field(6)),
    startTime,
    // The first thread may be over (Z) while others still run: that process is not dead.
    state: state === "Z" && Number(field(20)) > 1 ? "S" : state,
    cpuMs: times.reduce((sum, ticks) => sum + Number(ticks) * tickMs, 0),
    kernelThread: (Number(field(9)) & kernelThreadFlag) !== 0
  })
}
