/** What a simple command runs in the end. */
import { describe, expect, it } from "vitest"
import { invocation, nameOf, parse } from "../../../core/shell-line/index.ts"

const behind = (line: string): string => {
  const command = parse(line)?.commands[0]
  if (command?._tag !== "Simple") return "unread"
  const { assignments, words } = invocation(command)
  return [...assignments, ...words].map(({ source, text }) => text ?? source).join(" ")
}

describe("the program behind others", () => {
  it.each([
    ["a b", "a b"],
    ["X=1 a b", "X=1 a b"],
    ["sudo a", "a"],
    ["/usr/bin/sudo -u root -nE --preserve-env=PATH --user me -- a -u", "a -u"],
    ["sudo X=1 a", "X=1 a"],
    ["env -i -u HOME --chdir=/tmp X=1 Y=2 a Z=3", "X=1 Y=2 a Z=3"],
    ["nohup nice -n 5 ionice -c2 -n7 stdbuf -oL -e0 a", "a"],
    ["timeout --signal=KILL -k 5 60 a", "a"],
    ["time -p command -p exec -a b builtin a", "a"],
    ["chronic unbuffer caffeinate -i doas -u root a", "a"],
    ["nice --adjustment=5 nice --adjustment 5 a", "a"],
    ["stdbuf --input=L --output 0 --error=0 stdbuf -i0 a", "a"],
    ["timeout -fv --kill-after=1 --foreground --verbose -s TERM 5m a", "a"],
    ["env --unset=X --ignore-environment -C /tmp a", "a"],
    ["sudo -AEHnPSi -g g -p p -C 3 -r r -t t -T 1 -D d -R e a", "a"],
    ["sudo --set-home --non-interactive --login --stdin --group=g --prompt=p --chdir=d a", "a"],
    ["time -av -f %e -o log a", "a"],
    ["caffeinate -dimsu -t 5 a", "a"],
    ["doas -n -u me a", "a"],
    ["exec -cl a", "a"],
    // Nothing behind it, or options that mean something else.
    ["sudo", "sudo"],
    ["sudo -l a", "sudo -l a"],
    ["sudo -b a", "sudo -b a"],
    ["sudo --list a", "sudo --list a"],
    ["sudo -u", "sudo -u"],
    ["sudo $x a", "$x a"],
    ["command -v a", "command -v a"],
    ["env -S 'a b'", "env -S a b"],
    ["env X=1", "env X=1"],
    ["timeout 5", "timeout 5"],
    ["nice -5 a", "nice -5 a"],
    ["xargs a", "xargs a"],
    ["./sudo a", "./sudo a"]
  ])("CLM-7 %j runs %j", (line, expected) => {
    expect(behind(line)).toBe(expected)
  })

  it("CLM-7 a program is called by its name or its whole path; one in a folder of the project is another", () => {
    const names = ["git", "/usr/bin/git", "./git", "bin/git", "$git", '"git"'].map((source) => {
      const command = parse(source)?.commands[0]
      return command?._tag === "Simple" ? nameOf(command.words[0]) : "unread"
    })
    expect([...names, nameOf(undefined)]).toEqual(["git", "git", "./git", "bin/git", null, "git", null])
  })
})
