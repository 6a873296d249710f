/**
 * The paths that the environment alone decides. What writes into the spool without the rest of the program (and so
 * without Effect, which would cost it most of its time) finds it here as everything else does.
 */
import { homedir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"

export interface BasePaths {
  readonly stateDirectory: string
  readonly spool: string
  /** The user's configuration; it need not exist. */
  readonly configFile: string
}

/** Follows the contract; a relative XDG directory is ignored, as the XDG base directory specification asks. */
export const basePaths = (environment: Readonly<Record<string, string | undefined>>): BasePaths => {
  const own = (name: string): string | undefined => {
    const value = environment[name]
    return value === undefined || value === "" ? undefined : resolve(value)
  }
  const home = environment.HOME === undefined || environment.HOME === "" ? homedir() : resolve(environment.HOME)
  const xdg = (name: string, fallback: string): string => {
    const value = environment[name]
    return value !== undefined && isAbsolute(value) ? value : join(home, fallback)
  }
  const stateDirectory = own("DROVER_HOME") ?? join(xdg("XDG_STATE_HOME", ".local/state"), "drover")
  return {
    stateDirectory,
    spool: join(stateDirectory, "spool"),
    configFile: own("DROVER_CONFIG") ?? join(xdg("XDG_CONFIG_HOME", ".config"), "drover", "config.toml")
  }
}
