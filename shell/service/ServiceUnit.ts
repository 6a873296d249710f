/**
 * The file by which a service manager keeps the supervisor of a state directory running: where it belongs, what has to
 * be in it, and how it stands. A state directory that is not the usual one has a unit of its own.
 */
import { createHash } from "node:crypto"
import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { basePaths } from "../config/BasePaths.ts"
import type { PlacesService } from "../config/Places.ts"
import * as SettingsFile from "../hooks/SettingsFile.ts"
import * as LaunchdPlist from "./LaunchdPlist.ts"
import { type Service, ServiceImpossible, unsayable } from "./Service.ts"
import * as SystemdUnit from "./SystemdUnit.ts"

export const managers = ["systemd", "launchd"] as const
export type Manager = (typeof managers)[number]

/** That of this system; systemd wherever there is no launchd. */
export const managerHere = (): Manager => (process.platform === "darwin" ? "launchd" : "systemd")

type Environment = Readonly<Record<string, string | undefined>>

/** A program as it is started: Node.js, and what it runs. */
export interface Program {
  readonly node: string
  readonly entry: string
}

export interface Unit {
  readonly manager: Manager
  /** `drover`, or `drover-1a2b3c4d` for a state directory that is not the usual one. */
  readonly name: string
  readonly path: string
  readonly text: string
}

const homeOf = ({ HOME }: Environment): string => (HOME === undefined || HOME === "" ? homedir() : resolve(HOME))

/** Where drover would work if nothing but the home were known. */
const usual = (environment: Environment) => basePaths({ HOME: homeOf(environment) })

const nameOf = (stateDirectory: string, environment: Environment): string =>
  stateDirectory === usual(environment).stateDirectory
    ? "drover"
    : `drover-${createHash("sha256").update(stateDirectory).digest("hex").slice(0, 8)}`

const fileOf = (manager: Manager, name: string, environment: Environment): string => {
  const home = homeOf(environment)
  if (manager === "launchd") return join(home, "Library/LaunchAgents", `${name}.plist`)
  const { XDG_CONFIG_HOME: xdg } = environment
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config"), "systemd/user", `${name}.service`)
}

/** A service manager knows little of a shell's environment: where programs are, and where drover works. No more. */
const serviceOf = (places: PlacesService, { entry, node }: Program, environment: Environment): Service => {
  const { configFile, stateDirectory } = usual(environment)
  return {
    about: places.stateDirectory,
    command: [node, entry, "up", "--wait"],
    environment: {
      PATH: environment.PATH ?? "/usr/local/bin:/usr/bin:/bin",
      ...(places.stateDirectory === stateDirectory ? {} : { DROVER_HOME: places.stateDirectory }),
      ...(places.configFile === configFile ? {} : { DROVER_CONFIG: places.configFile })
    }
  }
}

/** What has to be there for these places. */
export const make = (
  manager: Manager,
  places: PlacesService,
  program: Program,
  environment: Environment
): Effect.Effect<Unit, ServiceImpossible> =>
  Effect.gen(function* () {
    const service = serviceOf(places, program, environment)
    const not = unsayable(service)
    if (not !== null) {
      return yield* new ServiceImpossible({
        message: `a unit can not name ${JSON.stringify(not)}: it has control characters`
      })
    }
    const name = nameOf(places.stateDirectory, environment)
    const path = fileOf(manager, name, environment)
    const text =
      manager === "systemd"
        ? SystemdUnit.render(service)
        : LaunchdPlist.render(service, name, join(homeOf(environment), "Library/Logs", `${name}.log`))
    return { manager, name, path, text }
  })

export type Standing = "absent" | "current" | "outdated"

/** The file as it is, and how it stands. */
export const look = ({ path, text }: Unit) =>
  Effect.map(SettingsFile.read(path, null), (file) => ({
    file,
    standing: ((): Standing => (file.text === null ? "absent" : file.text === text ? "current" : "outdated"))()
  }))

/** The PATH that a file as it is gives its program; null where it has none. */
export const pathOf = (manager: Manager, text: string): string | null =>
  manager === "systemd" ? SystemdUnit.pathOf(text) : LaunchdPlist.pathOf(text)

type Commands = ReadonlyArray<ReadonlyArray<string>>

/** By which it is started, and started again with the machine. */
export const startCommands = ({ manager, name, path }: Unit): Commands =>
  manager === "systemd"
    ? [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", "--now", `${name}.service`]
      ]
    : [["launchctl", "bootstrap", `gui/${process.getuid?.() ?? 501}`, path]]

/** By which it ends, before the file goes; agents go on. */
export const stopCommands = ({ manager, name }: Unit): Commands =>
  manager === "systemd"
    ? [["systemctl", "--user", "disable", "--now", `${name}.service`]]
    : [["launchctl", "bootout", `gui/${process.getuid?.() ?? 501}/${name}`]]

/** By which one that may run by an older file is started by this one. What is not loaded launchd can not boot out. */
export const restartCommands = (unit: Unit): Commands =>
  unit.manager === "systemd"
    ? [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", `${unit.name}.service`],
        ["systemctl", "--user", "restart", `${unit.name}.service`]
      ]
    : [...stopCommands(unit), ...startCommands(unit)]
