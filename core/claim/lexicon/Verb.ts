/**
 * A verb whose actions are claimed, with the forms it is met in.
 */
export interface Verb {
  /** The name of the action; itself a form. */
  readonly lemma: string
  /** Other ways to write the lemma, such as `re-run`. */
  readonly spellings?: ReadonlyArray<string>
  /** `restarting`; the regular forms of the lemma and its spellings where it is absent. */
  readonly progressive?: ReadonlyArray<string>
  /** `I restarted`; likewise. */
  readonly past?: ReadonlyArray<string>
  /** `I have restarted`; the past where it is absent. */
  readonly participle?: ReadonlyArray<string>
  /** The words that follow directly where the verb means something else, such as `back` after `push`. */
  readonly unlessBefore?: ReadonlyArray<string>
  /** Nouns with which it means something else, such as `deadline` after `push`. */
  readonly unlessObject?: ReadonlyArray<string>
}

/** The ten verbs that drover knows by itself. */
export const verbs: ReadonlyArray<Verb> = [
  { lemma: "relaunch" },
  { lemma: "restart" },
  { lemma: "redeploy" },
  { lemma: "deploy" },
  {
    lemma: "push",
    spellings: ["force-push"],
    unlessBefore: [
      "back",
      "it back",
      "this back",
      "that back",
      "for",
      "through",
      "against",
      "forward",
      "ahead",
      "along",
      "past",
      "aside",
      "away",
      "harder",
      "towards",
      "on with",
      "to get",
      "to have",
      "to make",
      "to finish",
      "me",
      "you",
      "myself",
      "ourselves",
      "yourself"
    ],
    unlessObject: [
      "agenda",
      "boundaries",
      "button",
      "buttons",
      "date",
      "deadline",
      "envelope",
      "idea",
      "limit",
      "limits",
      "luck",
      "meeting",
      "narrative",
      "notification",
      "notifications",
      "point"
    ]
  },
  {
    lemma: "merge",
    spellings: ["squash-merge"],
    unlessObject: ["conflict", "conflicts", "request", "requests"]
  },
  {
    lemma: "revert",
    unlessBefore: ["to you", "to him", "to her", "to them", "to everyone", "back to you", "back to them", "with", "by"]
  },
  { lemma: "rebase" },
  {
    lemma: "rerun",
    spellings: ["re-run"],
    progressive: ["rerunning", "re-running"],
    past: ["reran", "re-ran"],
    participle: ["rerun", "re-run"]
  },
  { lemma: "fix", unlessBefore: ["in mind", "to", "you", "me"], unlessObject: ["dinner", "lunch", "income", "price"] }
]

/**
 * Verbs that claim nothing here but are said in one breath with those that do: `I'll commit and push`.
 */
export const companions: ReadonlyArray<Verb> = [
  "add",
  "amend",
  "approve",
  "build",
  "bump",
  "bundle",
  "clean",
  "commit",
  "compile",
  "fetch",
  "finish",
  "format",
  "install",
  "pull",
  "publish",
  "rebuild",
  "release",
  "remove",
  "rename",
  "resolve",
  "review",
  "squash",
  "stage",
  "stash",
  "stop",
  "tag",
  "test",
  "update",
  "verify"
].map((lemma) => (lemma === "build" || lemma === "rebuild" ? { lemma, past: [lemma.replace(/d$/, "t")] } : { lemma }))
