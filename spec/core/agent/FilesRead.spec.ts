import fc from "fast-check"
import { expect, it } from "vitest"
import { ofCommand } from "../../../core/agent/FilesRead.ts"

const shells = ["sh", "bash", "/bin/bash", "zsh", "dash"]

it("EXE-7 a command reads the files that it prints, also in a shell of its own, behind a wrapper and among others", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_./-]{0,12}$/)
  const reader = fc.constantFrom(
    (file: string) => `cat ${file}`,
    (file: string) => `cat -n '${file}'`,
    (file: string) => `head -n 20 ${file}`,
    (file: string) => `head -20 ${file}`,
    (file: string) => `tail -n +5 ${file}`,
    (file: string) => `nl -ba ${file}`,
    (file: string) => `sed -n '1,200p' ${file}`,
    (file: string) => `cat -- ${file} | wc -l`,
    (file: string) => `cd src && cat ${file} || true`,
    (file: string) => `(sudo cat ${file}) > copy`,
    (file: string) => `if test -e x; then cat ${file}; fi`
  )
  const wrapped = fc.constantFrom(
    (line: string) => line,
    ...shells.map((shell) => (line: string) => `${shell} -lc "${line}"`)
  )
  fc.assert(
    fc.property(name, reader, wrapped, (file, read, wrap) => {
      expect(ofCommand(wrap(read(file)))).toEqual([file])
    })
  )
})

it("EXE-7 what only names a file, or changes it, does not read it; nor does what is not known", () => {
  const none = [
    "ls -l a.txt",
    "rm a.txt",
    "sed -i s/a/b/ a.txt",
    "sed s/a/b/ a.txt",
    "echo cat a.txt",
    "cat $FILE *.txt",
    "$CAT a.txt",
    "sed -n",
    "sed $HOW s/a/b/ a.txt",
    "cat --unknown a.txt",
    "cat",
    "head -n",
    "bash script.sh",
    "bash -lc",
    "bash -lc $X",
    "cat 'unterminated",
    ""
  ]
  expect(none.map((line) => ofCommand(line))).toEqual(none.map(() => []))
})

it("EXE-7 several files are several, in their order; shells within shells are looked into three deep", () => {
  expect(ofCommand("cat a b c && head -n 1 d")).toEqual(["a", "b", "c", "d"])
  expect(ofCommand("head -n $COUNT a")).toEqual(["a"])
  const nest = (depth: number): string => (depth === 0 ? "cat a" : `sh -c ${JSON.stringify(nest(depth - 1))}`)
  expect([1, 2, 3, 4].map((depth) => ofCommand(nest(depth)))).toEqual([["a"], ["a"], ["a"], []])
})

it("PRC-4 no line is too long, too deep or too odd to be looked at", () => {
  fc.assert(
    fc.property(
      fc.fullUnicodeString({ maxLength: 80 }),
      (line) => void expect(Array.isArray(ofCommand(line))).toBe(true)
    )
  )
  expect(ofCommand("(".repeat(1e5))).toEqual([])
})

it("EXE-7 a command of more than 16 KiB is not looked into: to read it would take longer than what it tells is worth", () => {
  const fits = `cat a #${"x".repeat(16 * 1024 - 7)}`
  expect([ofCommand(fits), ofCommand(`${fits}x`)]).toEqual([["a"], []])
})
