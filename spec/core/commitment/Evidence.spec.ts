/** What closes a promise, and what does not. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Commitment, CommitmentId } from "../../../core/commitment/Commitment.ts"
import { find, noRules, type Rules, type Signal } from "../../../core/commitment/Evidence.ts"
import { step } from "../../../core/commitment/Step.ts"
import { lines } from "../shell-line/Lines.ts"
import { commitmentOf, edit, minute, now, patternOf, used } from "./Samples.ts"

const rules: Rules = {
  tests: [patternOf("./check.sh *")],
  deeds: [
    { verb: "restart", pattern: patternOf("systemctl restart *") },
    { verb: "deploy", pattern: patternOf("./deploy.sh production") },
    { verb: "redeploy", pattern: patternOf("kubectl rollout restart *") },
    { verb: "publish", pattern: patternOf("npm publish") },
    { verb: "push", pattern: patternOf("jj git push *") }
  ]
}

const verbs = [
  "relaunch",
  "restart",
  "redeploy",
  "deploy",
  "push",
  "merge",
  "revert",
  "rebase",
  "rerun",
  "fix",
  "publish"
]
const promises = verbs.map((verb, index) => commitmentOf({ id: CommitmentId.make(index + 1), verb }))

/** The verbs whose promise a command closes by itself. */
const closes = (command: string, changes: Parameters<typeof used>[1] = {}): string =>
  find(promises, used(command, changes), rules)
    .filter(({ commitment, event }) => Either.getOrNull(step(commitment, event))?.state._tag === "Delivered")
    .map(({ commitment }) => commitment.verb)
    .join(", ")

describe("a command that succeeded", () => {
  it.each([
    // push
    ["git push", "push"],
    ["git push origin HEAD:main --force-with-lease", "push"],
    ["git -C ../api -c push.default=current --no-pager push -u origin main", "push"],
    ["GIT_SSH_COMMAND='ssh -i key' git push", "push"],
    ["sudo -u deploy env HOME=/srv git push", "push"],
    ["/usr/bin/git push", "push"],
    ["cd api && git push 2>&1", "push"],
    ["git add -A && git commit -m 'fix: it' && git push", "push"],
    ["git push || exit 1; echo pushed", "push"],
    ['git push origin "$(git branch --show-current)"', "push"],
    ["git push origin $branch", "push"],
    ["git push -o ci.skip -qu origin main", "push"],
    ["git push -on", "push"],
    ["git push -- origin main", "push"],
    ["bash -lc 'git push'", "push"],
    ["git commit -F - <<'EOF' && git push\nfix: the thing\nEOF", "push"],
    ["jj git push -b main", "push"],
    // merge
    ["git merge --no-ff feature", "merge"],
    ["git merge -m 'Merge feature' feature", "merge"],
    ["git merge -m --abort feature", "merge"],
    ["git merge --continue", "merge"],
    ["gh pr merge 42 --squash --delete-branch", "merge"],
    ["gh pr merge", "merge"],
    // rebase, revert
    ["git rebase main", "rebase"],
    ["git rebase --onto main topic~2 topic", "rebase"],
    ["git -c rerere.enabled=true rebase --continue", "rebase"],
    ["git rebase -x 'npm test -i' main", "rebase"],
    ["git pull --rebase", "rebase"],
    ["git pull -qr origin main", "rebase"],
    ["git pull --rebase=merges", "rebase"],
    ["git revert --no-edit HEAD~2", "revert"],
    ["git revert -m 1 abc123", "revert"],
    // rerun
    ["npm test", "rerun"],
    ["npm run test:unit -- --watch=false", "rerun"],
    ["CI=1 npx vitest run spec/core", "rerun"],
    ["cargo test -p core", "rerun"],
    ["make test V=1", "rerun"],
    ["set -o pipefail; pytest -q | tail -5", "rerun"],
    ["./check.sh --all", "rerun"],
    // what the project says
    ["sudo systemctl restart api", "relaunch, restart"],
    ["./deploy.sh production", "redeploy, deploy"],
    ["kubectl rollout restart deployment/api", "redeploy, deploy"],
    ["npm publish", "publish"],
    // several at once
    ["git pull --rebase && npm test && git push", "push, rebase, rerun"],
    // nothing
    ["", ""],
    ["echo git push", ""],
    ["echo 'git push'", ""],
    ['printf "done; git push\\n"', ""],
    ["# git push", ""],
    ["true # && git push", ""],
    ["cat <<EOF\ngit push\nEOF", ""],
    ["git commit -m 'then git push'", ""],
    ["git push --dry-run", ""],
    ["git push --dry", ""],
    ["git push -n", ""],
    ["git push -fn origin", ""],
    ["git push --help", ""],
    ["git help push", ""],
    ["git --help push", ""],
    ["git --exec-path push", ""],
    ["git stash push", ""],
    ["git remote set-url --push origin x", ""],
    ["git pushall", ""],
    ["./git push", ""],
    ["gh push", ""],
    ["git push $flags", ""],
    ["git push ${flags[@]} origin", ""],
    ["git $command", ""],
    ["$git push", ""],
    ["which git push", ""],
    ["command -v git push", ""],
    ["xargs git push", ""],
    ["nohup git push &", ""],
    ["git push &", ""],
    ["git push | tee log", ""],
    ["git push; true", ""],
    ["git push || true", ""],
    ["! git push", ""],
    ["if false; then git push; fi", ""],
    ["for remote in a b; do git push $remote; done", ""],
    ["push() { git push; }", ""],
    ["alias git=echo; git push", ""],
    ["trap 'exit 0' ERR; git push", ""],
    ["git push 'origin", ""],
    ["git merge --abort", ""],
    ["git merge --abo", ""],
    ["git merge --quit", ""],
    ["git merge --squash feature", ""],
    ["git merge --no-commit feature", ""],
    ["git merge-base main feature", ""],
    ["gh pr merge 42 --auto", ""],
    ["gh pr merge --disable-auto 42", ""],
    ["gh pr merge -h", ""],
    ["gh pr view 42", ""],
    ["gh merge pr", ""],
    ["git rebase --abort", ""],
    ["git rebase --quit", ""],
    ["git rebase -i main", ""],
    ["git rebase --interactive main", ""],
    ["git rebase --edit-todo", ""],
    ["git rebase --show-current-patch", ""],
    ["git pull", ""],
    ["git pull --rebase=false", ""],
    ["git pull --rebase --no-rebase", ""],
    ["git pull --rebase --dry-run", ""],
    ["git pull -Xours", ""],
    ["git pull -s recursive -q", ""],
    ["git pull origin -- -r", ""],
    ["git revert --abort", ""],
    ["git revert --quit", ""],
    ["git revert -n HEAD", ""],
    ["git revert --no-commit HEAD", ""],
    ["npm test | tail -5", ""],
    ["npm test || true", ""],
    ["npm test --help", ""],
    ["pytest --collect-only", ""],
    ["make test -n", ""],
    ["npm install", ""],
    ["systemctl status api", ""],
    ["systemctl restart --dry-run api", ""],
    ["./deploy.sh staging", ""],
    ["./deploy.sh production --verbose", ""],
    ["echo npm publish", ""]
  ])("CLM-7 %j closes the promises to %j", (command, verbs) => {
    expect(closes(command)).toBe(verbs)
  })

  it("CLM-7 one that failed, or of which it is not known how it ended, closes nothing, whatever it is", () => {
    const commands = fc.oneof(fc.constantFrom("git push", "git merge x", "npm test", "npm publish"), lines)
    fc.assert(
      fc.property(commands, fc.constantFrom("Failed" as const, "Unknown" as const), (command, outcome) => {
        expect(find(promises, used(command, { outcome, edited: ["a.ts"] }), rules)).toEqual([])
      })
    )
  })

  it("CLM-7 it must be a call of the same session, after the promise was said last and before its time is over", () => {
    const promise = commitmentOf({ saidAt: now, expiresAt: now + minute })
    const isFound = (changes: Parameters<typeof used>[1]): boolean =>
      find([promise], used("git push", changes), noRules).length > 0
    expect([now - 1, now, now + 1, now + minute - 1, now + minute].map((at) => isFound({ at }))).toEqual([
      false,
      false,
      true,
      true,
      false
    ])
    expect(isFound({ at: now + 1, session: "other" })).toBe(false)
    expect(find([{ ...promise, session: null }], used("git push", { at: now + 1 }), noRules)).toEqual([])
    const ended = { ...promise, state: { _tag: "Withdrawn", at: now, reason: null } as const }
    expect(find([ended], used("git push", { at: now + 1 }), noRules)).toEqual([])
  })

  it("CLM-7 the evidence is the call that did it, in one line, and when", () => {
    const promise = commitmentOf()
    const command = 'cd api\nX=1 git push \\\n  origin "$branch"\n'
    expect(find([promise], used(command), noRules)).toEqual([
      {
        commitment: promise,
        event: { _tag: "Proved", evidence: { at: now + minute, what: 'X=1 git push origin "$branch"' } }
      }
    ])
    const long = find([promise], used(`git push ${"x".repeat(300)}`), noRules)[0]?.event
    expect(long?._tag === "Proved" && long.evidence.what.length).toBe(200)
  })

  it("CLM-7 a pull request that is named on both sides must be the same", () => {
    const found = (object: string | null, command: string): boolean =>
      find([commitmentOf({ verb: "merge", object })], used(command), noRules).length > 0
    const same = [
      "gh pr merge 42",
      "gh pr merge -s '#42'",
      "gh pr merge https://host/o/r/pull/42",
      "gh pr merge feature"
    ]
    for (const object of ["#42", "PR 42", "pr #42 now", "the pull request 42", "branch 7", null]) {
      for (const command of same) expect([object, command, found(object, command)]).toEqual([object, command, true])
    }
    for (const object of ["#4", "PR 420", "mr 2"])
      expect([object, found(object, "gh pr merge 42")]).toEqual([object, false])
    expect(found("#4", "git merge 42")).toBe(true)
  })
})

describe("a fix", () => {
  const fix = commitmentOf({ verb: "fix" })
  const start: Commitment = fix
  const end = (...signals: ReadonlyArray<Signal>): string =>
    signals.reduce((commitment, signal) => {
      const [found] = find([commitment], signal, rules)
      return found === undefined ? commitment : Either.getOrElse(step(commitment, found.event), () => commitment)
    }, start).state._tag
  const test = (at: number): Signal => used("npm test", { at })
  const verifier = (at: number): Signal => ({
    _tag: "VerifierPassed",
    session: "session",
    at,
    title: "npm run\n check"
  })

  it("CLM-7 is closed by an edit and then a test or a verifier that passed", () => {
    expect(end(edit(now + 1), test(now + 2))).toBe("Delivered")
    expect(end(edit(now + 1), verifier(now + 2))).toBe("Delivered")
    expect(end(edit(now + 1), used("./check.sh", { at: now + 2 }))).toBe("Delivered")
    expect(end(test(now + 2), edit(now + 1))).toBe("Delivered")
  })

  it("CLM-7 is not closed by less: an edit, a pass, a pass before the edit, an edit that failed, another command", () => {
    expect(end(edit(now + 1))).toBe("Open")
    expect(end(test(now + 1), verifier(now + 2))).toBe("Open")
    expect(end(test(now + 1), edit(now + 2))).toBe("Open")
    expect(end({ ...edit(now + 1), outcome: "Failed" }, test(now + 2))).toBe("Open")
    expect(end(edit(now + 1), used("npm test", { at: now + 2, outcome: "Failed" }))).toBe("Open")
    expect(end(edit(now + 1), used("npm run lint", { at: now + 2 }))).toBe("Open")
    expect(end(edit(now + 1), { ...verifier(now + 2), session: "other" })).toBe("Open")
  })

  it("CLM-7 its evidence is the test or the title of the verifier, and other promises care for neither", () => {
    const what = [test(now + 1), verifier(now + 1)].map((signal) => {
      const event = find([fix], signal, rules)[0]?.event
      return event?._tag === "Progressed" && event.passed?.what
    })
    expect(what).toEqual(["npm test", "npm run check"])
    expect(find([commitmentOf()], edit(now + 1), rules)).toEqual([])
    expect(find([commitmentOf(), commitmentOf({ verb: "rerun" })], verifier(now + 1), rules)).toEqual([])
  })
})
