/**
 * The program that an agent's hooks run, `hook NAME` with the event on its standard input: it leaves the event in the
 * spool, whether a supervisor runs or not, and it starts no Node, which would cost each call of a tool some 40 ms. Of a
 * session that is held, it tells the agent's program that a person must allow each use of a tool.
 */
import { constants, realpathSync } from "node:fs"
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises"
import { basename, dirname } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type HookName, hookNames } from "../../core/hook/HookName.ts"
import type { PlacesService } from "../config/Places.ts"
import { makeFolder } from "../store/PrivateFile.ts"
import * as PolicyScript from "./PolicyScript.ts"
import * as SpoolFile from "./SpoolFile.ts"

/** The program that hooks run, or the folder it writes into, can not be made. */
export class HookScriptUnwritable extends Data.TaggedError("HookScriptUnwritable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the program that hooks run can not be installed: ${this.path}: ${String(this.cause)}`
  }
}

/** One word of a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Where this very program is, whichever link it was called by: the text is to be the same. Null where it is not drover. */
const ownProgram = (): string | null => {
  try {
    const program = realpathSync(process.argv[1] ?? "")
    return /^drover(?:\.cjs)?$/.test(basename(program)) ? program : null
  } catch {
    // It was removed, or replaced by an upgrade: that of the PATH is taken.
    return null
  }
}

/** Lines of a shell that hand `$event` to drover: to this very one where it is still there, else to that of the PATH. */
const handOver = (spool: string): string => {
  const to = (words: string): string => `printf %s "$event" |
        DROVER_HOME=${quoted(dirname(spool))} NODE_OPTIONS='' NODE_EXTRA_CA_CERTS='' ${words} inbox --hook "$1"`
  const program = ownProgram()
  if (program === null) return to("drover")
  const own = [process.execPath, program].map(quoted)
  return `if [ -x ${own[0]} ] && [ -r ${own[1]} ]; then
      ${to(own.join(" "))}
    else
      ${to("drover")}
    fi`
}

/** Hooks that matter to the mailbox of a session, which `drover inbox` answers. */
const mailHooks: ReadonlyArray<HookName> = ["SessionStart", "Stop"]

/**
 * The program, for POSIX shells. `spool` is absolute, in the state directory; an absolute `$DROVER_SPOOL` goes before it.
 *
 * - It ends with status 0 whatever happens: agents read 2 as "block", and a shell ends with 2 at many of its errors. So
 *   all of it is one group, whose redirection may fail, and nothing in it is a special builtin with a redirection.
 * - It prints nothing, for agents give what some hooks print to the model, but for the one answer of `PolicyScript`, and for
 *   what `drover inbox` does. That alone starts Node, where `$DROVER_MAILBOX` names the role of the session, and after the
 *   event is in the spool.
 * - It waits for its standard input and for nothing else. The agents' programs close it as they start a hook, and end a
 *   hook at their own time limit; a file that stays without its end is set aside by the reader.
 * - What it can not keep it reads all the same, or the agent's write would break.
 * - `set -C` makes `>` create exclusively, so a file of another process that had the same pid stays as it is.
 * - The end is written only when `cat` has copied everything: on a full disk it has not, though a line may still fit.
 *   A file without an event (`-s`) is removed; that, and a spool that is gone, alone cost a second process.
 * - The folder above the spool is not made: where it is gone drover is, too.
 * - A session is looked for in the event's file before its end is written: after that the file is the reader's.
 * - `set +euf` is for options that bash takes from the environment (SHELLOPTS).
 */
export const text = (spool: string): string => `#!/bin/sh
# Leaves the hook event on standard input in drover's spool. Written by drover, which overwrites any change.
{
  set +euf
  set -C
  umask 077
  PATH=/usr/bin:/bin:\${PATH-}
  case \${DROVER_SPOOL-} in
  /*) spool=$DROVER_SPOOL ;;
  *) spool=${quoted(spool)} ;;
  esac
  case \${DROVER_MAILBOX:+mail}-\${DROVER_ATTEMPT:+attempt}-\${1-} in
  ${mailHooks.map((name) => `mail--${name}`).join(" | ")})
    event=$(cat; printf .)
    event=\${event%.}
    printf %s "$event" | DROVER_MAILBOX='' "$0" "$1"
    ${handOver(spool)}
    exit 0
    ;;
  esac
  ${PolicyScript.functions}
  case \${1-} in
  ${hookNames.join(" | ")})
    n=0 opened='' made='' ask='' deny='' answer=''
    [ "$1" != PreToolUse ] || collect
    while [ "$n" -lt ${SpoolFile.mostTries} ]; do
      name=$$.$n.$1
      {
        opened=1
        cat && [ -s "$spool/$name" ] && look "$spool/$name" && printf '\\n.%s\\n' "$name"
      } >"$spool/$name" && { [ -z "$answer" ] || say; exit 0; }
      if [ -n "$opened" ]; then
        look "$spool/$name"
        rm -f "$spool/$name"
        break
      elif [ -d "$spool" ]; then
        n=$((n + 1))
      elif [ -z "$made" ]; then
        made=1
        mkdir "$spool"
      else
        break
      fi
    done
    [ -n "$answer" ] || look
    [ -z "$answer" ] || say
    ;;
  esac
  cat >/dev/null
} 2>/dev/null
exit 0
`

const mode = 0o700

/** Whether the file is there, byte for byte, and may be run by its owner alone. */
const isInstalled = async (file: string, content: string): Promise<boolean> => {
  let handle: FileHandle | undefined
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const about = await handle.stat()
    if (!about.isFile() || (about.mode & 0o777) !== mode || about.size !== Buffer.byteLength(content)) return false
    return (await handle.readFile("utf8")) === content
  } catch {
    // Whatever is there, it is replaced; what can not be replaced is told then.
    return false
  } finally {
    await handle?.close()
  }
}

/** A hook that runs meanwhile runs the old program or the new one. */
const replace = async (file: string, content: string): Promise<void> => {
  const fresh = `${file}.${process.pid}.new`
  try {
    await rm(fresh, { force: true })
    const handle = await open(fresh, "wx", mode)
    try {
      await handle.writeFile(content)
      await handle.chmod(mode)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
  } catch (cause) {
    await rm(fresh, { force: true })
    throw cause
  }
  const above = await open(dirname(file), "r")
  try {
    await above.sync()
  } finally {
    await above.close()
  }
}

/** Whether the program is there as this version writes it. */
export const isCurrent = ({ hook, spool }: Pick<PlacesService, "hook" | "spool">): Effect.Effect<boolean> =>
  Effect.promise(() => isInstalled(hook, text(spool)))

/** Makes the spool where there is none, and writes the program where it differs. Doing it again changes nothing. */
export const install = ({
  hook,
  spool
}: Pick<PlacesService, "hook" | "spool">): Effect.Effect<void, HookScriptUnwritable> =>
  Effect.gen(function* () {
    const attempt = <A>(path: string, work: () => Promise<A>) =>
      Effect.tryPromise({ try: work, catch: (cause) => new HookScriptUnwritable({ path, cause }) })
    yield* attempt(spool, async () => {
      await makeFolder(spool)
      if (!(await stat(spool)).isDirectory()) throw new Error("it is no folder")
    })
    const content = text(spool)
    yield* attempt(hook, async () => {
      if (!(await isInstalled(hook, content))) await replace(hook, content)
    })
  })
