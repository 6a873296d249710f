/** Lint rules of drover's own, for promises that no stock rule states. */

/** Core's functions are total: a failure is a value, so nothing in core may throw. */
const noThrow = {
  meta: { type: "problem", docs: { description: "forbid throw" }, schema: [] },
  create: (context) => ({
    ThrowStatement: (node) => context.report({ node, message: "core is total: return the failure as a value" })
  })
}

/** A lint may be silenced only by a comment that also says why (the text after ` -- `). */
const justifiedDisable = {
  meta: { type: "problem", docs: { description: "require a reason on every disable comment" }, schema: [] },
  create: (context) => ({
    Program: () => {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*(?:oxlint|eslint)-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          context.report({ loc: comment.loc, message: "say why: `oxlint-disable-next-line rule -- reason`" })
        }
      }
    }
  })
}

export default {
  meta: { name: "drover" },
  rules: { "no-throw": noThrow, "justified-disable": justifiedDisable }
}
