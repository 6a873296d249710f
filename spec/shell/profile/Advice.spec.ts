/** What is said of a profile's figures. */
import { expect, it } from "vitest"
import { advise } from "../../../shell/profile/Advice.ts"
import { type StepName, steps } from "../../../shell/profile/Steps.ts"
import type { Profile } from "../../../shell/profile/StoreProfile.ts"

/** A store with nothing to say about, but for what is given. */
const profileOf = (ms: Partial<Record<StepName, number>>, rest: Partial<Profile> = {}, held = 0): Profile => ({
  store: "/s/drover.db",
  schema: 8,
  openTasks: 10,
  actions: 0,
  decidedWhenIdle: 0,
  file: { bytes: 1e6, freeBytes: 0, tables: [{ name: "tasks", rows: 10, bytes: 9e5 }] },
  logBytes: 0,
  copiedMs: 1,
  isInMemory: false,
  steps: steps.map((name) => ({
    name,
    of: 1,
    times: 1,
    medianMs: ms[name] ?? 0.1,
    longestMs: ms[name] ?? 0.1,
    heldMs: held
  })),
  ...rest
})

const remediesOf = (profile: Profile): ReadonlyArray<string> => advise(profile).flatMap(({ remedy }) => remedy ?? [])

it("STO-9 of a store that is as it should be the shares are told, and no remedy", () => {
  const all = advise(profileOf({}))
  expect(all.map(({ remedy }) => remedy)).toEqual([null, null, null, null, null])
  expect(all.map(({ what }) => what)).toEqual([
    "a start takes 0.30 ms for 10 open tasks, 33 % of it for opening the store",
    "a tick at which nothing changed takes 0.10 ms and decides about 0 tasks",
    "one change takes 0.30 ms from look to disk, 33 % of it for the look at the store",
    "a hook event takes 0.00 ms in a group of a hundred",
    "tasks is 90 % of the file (900 kB, 10 rows)"
  ])
})

it("STO-9 each thing that is slow or large is named with its share and with what can be done, and alone", () => {
  const large = (name: string): Partial<Profile> => ({
    file: { bytes: 1e8, freeBytes: 0, tables: [{ name, rows: 5, bytes: 8e7 }] }
  })
  const rows: ReadonlyArray<readonly [Profile, found: RegExp, remedy: RegExp]> = [
    [profileOf({ load: 3000 }), /^a start takes 3000 ms .* 100 % of it for reading what is open/, /drover cancel/],
    [profileOf({ "one change": 20 }), /^one change takes 20 ms .* 99 % of it for the durable write/, /DROVER_HOME/],
    [profileOf({ "a hundred hook events": 400 }), /^a hook event takes 4\.00 ms/, /drover hooks/],
    [profileOf({ status: 900 }), /^drover status takes 900 ms/, /drover archive/],
    [profileOf({}, { decidedWhenIdle: 7, actions: 6 }), /decides about 7 tasks/, /drover attention/],
    [profileOf({}, large("hook_events")), /^hook_events is 80 % of the file \(80\.0 MB, 5 rows\)/, /drover prune/],
    [profileOf({}, large("transitions")), /^transitions is 80 %/, /kept for ever/],
    [
      profileOf({}, { file: { bytes: 2e8, freeBytes: 1e8, tables: [] } }),
      /^50 % of the file is free \(100\.0 MB\)/,
      /nothing has to be done/
    ],
    [profileOf({}, { logBytes: 1e8 }), /^the log beside the store has 100\.0 MB/, /reads the store/],
    [profileOf({}, {}, 300), /^the event loop is held up for 300 ms at a time by: first tick/, /--cpu-profile/],
    [profileOf({}, { isInMemory: true }), /in memory/, /--directory/]
  ]
  for (const [profile, found, remedy] of rows) {
    const told = advise(profile).filter((finding) => finding.remedy !== null)
    expect(told).toEqual([{ what: expect.stringMatching(found), remedy: expect.stringMatching(remedy) }])
  }
  // What is acted upon is decided about again, which is no trouble.
  expect(remediesOf(profileOf({}, { decidedWhenIdle: 7, actions: 7 }))).toEqual([])
})
