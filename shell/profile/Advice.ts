/** What stands out in a profile, and what can be done about it: told from the figures alone. */
import type { Profile } from "./StoreProfile.ts"
import type { StepName } from "./Steps.ts"

export interface Finding {
  /** What it is about, in a sentence with its figures. */
  readonly what: string
  /** What can be done; null where it is as it should be. */
  readonly remedy: string | null
}

/** Below these nobody has to do anything, whatever the share. */
const notable = {
  /** Of a start, and of what holds the loop up, milliseconds. */
  startMs: 1000,
  heldMs: 200,
  /** Of one durable change: a quick disk takes a tenth of it. */
  changeMs: 5,
  /** Of one hook event in a group. */
  eventMs: 1,
  /** Of the look at everything that `drover status` takes. */
  statusMs: 500,
  bytes: 50e6,
  /** Of a log that is carried over into the file at 16 MiB. */
  logBytes: 64e6
}

const perCent = (part: number, whole: number): string => `${whole > 0 ? Math.round((100 * part) / whole) : 0} %`

const milliseconds = (ms: number): string => (ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`)

const amount = (bytes: number): string =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`

/** Tables and who makes them smaller. */
const remedies: Readonly<Record<string, string>> = {
  hook_events: "keep fewer by [retention] hook_events_days and hook_events, then drover prune",
  messages: "keep messages for less long by [retention] messages_days, then drover prune"
}
const kept = "it is history, which is kept for ever: a new state directory begins without it"

type Figures = Readonly<Record<StepName, number>>

const figuresOf = ({ steps }: Profile, of: "medianMs" | "heldMs"): Figures => {
  const ms = (name: StepName): number => steps.find((step) => step.name === name)?.[of] ?? 0
  return {
    open: ms("open"),
    load: ms("load"),
    "first tick": ms("first tick"),
    look: ms("look"),
    "idle tick": ms("idle tick"),
    "tick of one": ms("tick of one"),
    "tick of a hundred": ms("tick of a hundred"),
    "one change": ms("one change"),
    "a hundred changes": ms("a hundred changes"),
    refresh: ms("refresh"),
    "a hundred hook events": ms("a hundred hook events"),
    status: ms("status")
  }
}

/** The largest part of something, by name. */
const largest = (parts: ReadonlyArray<readonly [name: string, ms: number]>) => {
  const whole = parts.reduce((sum, [, ms]) => sum + ms, 0)
  const [name, ms] = parts.reduce((most, part) => (part[1] > most[1] ? part : most), ["nothing", 0] as const)
  return { name, ms, whole }
}

const ofStart = ({ openTasks }: Profile, ms: Figures): Finding => {
  const {
    name,
    ms: most,
    whole
  } = largest([
    ["opening the store", ms.open],
    ["reading what is open", ms.load],
    ["the first tick", ms["first tick"]]
  ])
  return {
    what: `a start takes ${milliseconds(whole)} for ${openTasks} open tasks, ${perCent(most, whole)} of it for ${name}`,
    remedy:
      whole < notable.startMs ? null : "end the tasks that nobody waits for (drover cancel ID): only open ones are read"
  }
}

const ofChange = (ms: Figures): Finding => {
  const {
    name,
    ms: most,
    whole
  } = largest([
    ["the look at the store", ms.look],
    ["the tick", ms["tick of one"]],
    ["the durable write", ms["one change"]]
  ])
  return {
    what: `one change takes ${milliseconds(whole)} from look to disk, ${perCent(most, whole)} of it for ${name}`,
    remedy:
      ms["one change"] < notable.changeMs ? null : "it is the disk's sync: put DROVER_HOME on a quicker local disk"
  }
}

const ofIdle = ({ actions, decidedWhenIdle }: Profile, ms: Figures): Finding => ({
  what: `a tick at which nothing changed takes ${milliseconds(ms["idle tick"])} and decides about ${decidedWhenIdle} tasks`,
  // They are what the first tick would have acted upon, and are not acted upon here.
  remedy:
    decidedWhenIdle <= actions
      ? null
      : "these wait for something that a supervisor can not do: see drover attention and drover doctor"
})

const ofEvents = (ms: Figures): Finding => {
  const each = ms["a hundred hook events"] / 100
  return {
    what: `a hook event takes ${milliseconds(each)} in a group of a hundred`,
    remedy:
      each < notable.eventMs ? null : "large events take long to look through: hooks of fewer kinds (drover hooks) help"
  }
}

const ofFile = ({ file: { bytes, tables } }: Profile): ReadonlyArray<Finding> => {
  const [first] = tables
  if (first === undefined) return []
  const what = `${first.name} is ${perCent(first.bytes, bytes)} of the file (${amount(first.bytes)}, ${first.rows} rows)`
  return [{ what, remedy: first.bytes < notable.bytes ? null : (remedies[first.name] ?? kept) }]
}

const ofFree = ({ file: { bytes, freeBytes } }: Profile): ReadonlyArray<Finding> =>
  freeBytes < notable.bytes
    ? []
    : [
        {
          what: `${perCent(freeBytes, bytes)} of the file is free (${amount(freeBytes)})`,
          remedy: "it is used again before the file grows; nothing has to be done"
        }
      ]

const ofLog = ({ logBytes }: Profile): ReadonlyArray<Finding> =>
  logBytes < notable.logBytes
    ? []
    : [
        {
          what: `the log beside the store has ${amount(logBytes)}`,
          remedy: "something reads the store without an end and keeps it from being carried over: see who has it open"
        }
      ]

const ofStatus = (ms: Figures): ReadonlyArray<Finding> =>
  ms.status < notable.statusMs
    ? []
    : [
        {
          what: `drover status takes ${milliseconds(ms.status)} to look at all tasks that are not archived`,
          remedy: "archive what is over (drover archive ID); a supervisor does so with time"
        }
      ]

const ofLoop = (profile: Profile): ReadonlyArray<Finding> => {
  const held = figuresOf(profile, "heldMs")
  // Before it is ready a supervisor answers nobody.
  const { name, ms } = largest(Object.entries(held).filter(([name]) => name !== "open" && name !== "load"))
  return ms < notable.heldMs
    ? []
    : [
        {
          what: `the event loop is held up for ${milliseconds(ms)} at a time by: ${name}`,
          remedy: "see it by --cpu-profile"
        }
      ]
}

const ofPlace = ({ isInMemory }: Profile): ReadonlyArray<Finding> =>
  isInMemory
    ? [
        {
          what: "the copy was in memory, where nothing is synced: what is durable looks quicker than it is",
          remedy: "name a folder on the store's disk by --directory"
        }
      ]
    : []

export const advise = (profile: Profile): ReadonlyArray<Finding> => {
  const ms = figuresOf(profile, "medianMs")
  return [
    ofStart(profile, ms),
    ofIdle(profile, ms),
    ofChange(ms),
    ofEvents(ms),
    ...ofStatus(ms),
    ...ofLoop(profile),
    ...ofFile(profile),
    ...ofFree(profile),
    ...ofLog(profile),
    ...ofPlace(profile)
  ]
}
