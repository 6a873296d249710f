import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import fc from "fast-check"
import { expect, it } from "vitest"
import * as Places from "../../../shell/config/Places.ts"
import * as ServiceUnit from "../../../shell/service/ServiceUnit.ts"
import { put, temporaryFolder } from "../config/TaskFiles.ts"
import * as Words from "./Words.ts"

const program = { node: "/usr/bin/node", entry: "/usr/lib/drover.cjs" }

const unitFor = (environment: Readonly<Record<string, string>>, manager: ServiceUnit.Manager = "systemd") =>
  Effect.runSync(ServiceUnit.make(manager, Either.getOrThrow(Places.make(environment)), program, environment))

it("PRC-1 the usual state directory has the unit drover, every other one a unit of its own that says where it is", () => {
  const usual = unitFor({ HOME: "/home/ada", PATH: "/bin" })
  expect([usual.name, usual.path]).toEqual(["drover", "/home/ada/.config/systemd/user/drover.service"])
  expect(usual.text).toContain(
    'ExecStart="/usr/bin/node" "/usr/lib/drover.cjs" "up" "--wait"\nEnvironment="PATH=/bin"\nKill'
  )
  const other = unitFor({ HOME: "/home/ada", DROVER_HOME: "/srv/a", XDG_CONFIG_HOME: "/etc/ada" })
  expect(other.path).toMatch(/^\/etc\/ada\/systemd\/user\/drover-[0-9a-f]{8}\.service$/)
  expect(other.text).toContain(
    'Environment="DROVER_HOME=/srv/a"\nEnvironment="DROVER_CONFIG=/etc/ada/drover/config.toml"\n'
  )
  const launchd = unitFor({ HOME: "/home/ada", DROVER_HOME: "/srv/a" }, "launchd")
  expect(launchd.path).toBe(`/home/ada/Library/LaunchAgents/${other.name}.plist`)
  expect(unitFor({ HOME: "/home/ada", DROVER_HOME: "/srv/b" }).name).not.toBe(other.name)
})

it("SEC-2 no variable of the environment is in a unit but those that say where programs and files are", () => {
  const { text } = unitFor({
    HOME: "/h",
    PATH: "/bin",
    ANTHROPIC_API_KEY: "canary",
    DROVER_TOKEN: "canary",
    XDG_STATE_HOME: "/x"
  })
  expect(text).not.toContain("canary")
  expect([...text.matchAll(/^Environment="(\w+)=/gm)].map(([, name]) => name)).toEqual(["PATH", "DROVER_HOME"])
})

it("SEC-3 a path that no unit can name is refused, for both managers", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("\n", "\u0000", "\u001b", "\u007f", "\u0085", "\ud800"),
      fc.constantFrom(...ServiceUnit.managers),
      (bad, manager) => {
        const places = Either.getOrThrow(Places.make({ HOME: "/h" }))
        const made = ServiceUnit.make(manager, places, { ...program, node: `/a${bad}b` }, { HOME: "/h", PATH: "/bin" })
        expect(Effect.runSync(Effect.flip(made))._tag).toBe("ServiceImpossible")
      }
    )
  )
})

it("PRC-1 the PATH of a unit is read back as it was written, for both managers", () => {
  fc.assert(
    fc.property(Words.word, fc.constantFrom(...ServiceUnit.managers), (path, manager) => {
      const { text } = unitFor({ HOME: "/home/ada", PATH: path }, manager)
      expect(ServiceUnit.pathOf(manager, text)).toBe(path)
      expect(ServiceUnit.pathOf(manager, text.replaceAll("PATH", "OTHER"))).toBe(null)
    })
  )
})

it("PRC-1 a unit is absent, current or outdated", async () => {
  const home = temporaryFolder()
  const unit = unitFor({ HOME: home, PATH: "/bin" })
  const standing = async () => (await Effect.runPromise(ServiceUnit.look(unit))).standing
  expect(await standing()).toBe("absent")
  put(home, ".config/systemd/user/drover.service", unit.text)
  expect(unit.path).toBe(join(home, ".config/systemd/user/drover.service"))
  expect(await standing()).toBe("current")
  put(home, ".config/systemd/user/drover.service", `${unit.text}\n`)
  expect(await standing()).toBe("outdated")
})
