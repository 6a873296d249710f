/**
 * The closed classes of words by which claims are told from what only looks like them. The lists are data: a word may
 * stand in several. A class is one bit, so that a word's classes are one number.
 */

/** May stand between `I'll` and its verb, or before a participle that begins a sentence. */
export const Adverb = 1 << 0
/** Begins a noun phrase. */
export const Determiner = 1 << 1
/** Stands for a noun as an object. */
export const Pronoun = 1 << 2
/** A pronoun that can only be a subject. */
export const Subject = 1 << 3
/** `I` and `we`, also with an auxiliary: the agent itself. */
export const FirstPerson = 1 << 4
/** Begins what can come before a claimed verb. */
export const Lead = 1 << 5
/** Ends what can come before a claimed verb; what else can is an adverb, a coordinator or a first person. */
export const BeforeVerb = 1 << 6
/** Begins one of the Openers. */
export const Opener = 1 << 7
/** A finite verb: with it a gerund is a subject. */
export const Finite = 1 << 8
/** A finite verb that is nothing else. */
export const Auxiliary = 1 << 9
/** Joins words or clauses of one rank. */
export const Coordinator = 1 << 10
/** Begins a clause that depends on another. */
export const Subordinator = 1 << 11
/** Begins a relative clause. */
export const Relative = 1 << 12
export const Preposition = 1 << 13
/** What is denied, asked for, thought, hoped, or could be: no claim follows in the same clause. */
export const Irrealis = 1 << 14
/** Makes a claim depend on something, wherever it stands in the sentence. */
export const Conditional = 1 << 15
/** Doubt that colours the sentence from either side. */
export const Perhaps = 1 << 16
/** Some other time than now. */
export const Deferral = 1 << 17
/** May be a condition or another time, by the words around it. */
export const Cue = 1 << 18
/** A verb of saying. */
export const Speech = 1 << 19
/** May stand between a verb of saying and what is said. */
export const Carrier = 1 << 20
/** A verb after which `if` and `when` mean whether. */
export const Inquiry = 1 << 21
/** Right before a clause it makes the clause the background of another. */
export const Background = 1 << 22
/** `nothing`, `no`: what is done to them is not done. */
export const Nothing = 1 << 23
/** A branch or an environment by its usual name. */
export const Target = 1 << 24
/** Ends an object: when, how often, in which manner. */
export const Manner = 1 << 25
export const Base = 1 << 26
export const Progressive = 1 << 27
export const Past = 1 << 28
export const Participle = 1 << 29

/** A form of a verb. */
export const Form = Base | Progressive | Past | Participle

const lists: ReadonlyArray<readonly [classes: number, words: string]> = [
  [
    Adverb,
    `now just also quickly then first next immediately simply currently already finally again still promptly shortly
    soon gladly happily certainly definitely quietly safely carefully cleanly manually gently right additionally
    separately meanwhile therefore instead actually go going gone went ahead force directly even automatically`
  ],
  [Determiner, "a an the this that these those my our your his her its their all both each every another"],
  [FirstPerson | Lead, "i i'll i'm i've we we'll we're we've"],
  [FirstPerson, "i'd we'd"],
  [Lead, "let"],
  [BeforeVerb, "will to gonna me am are be have ok okay alright"],
  [
    Cue,
    "if when whenever once unless until till assuming depending otherwise after provided soon case time times should next some another on future not according follow-up followup later tomorrow eventually someday sometime afterwards"
  ],
  [Pronoun, "it this that these those them everything both all"],
  [Subject, "i we you he she they"],
  [
    Finite | Auxiliary | Irrealis,
    "would could should might may can't cannot couldn't wouldn't shouldn't won't don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't mustn't needn't"
  ],
  [Finite | Auxiliary, "is are was were be will can must has have had does do did am it's that's"],
  [
    Finite,
    `takes took requires required needs needed
    breaks broke causes caused makes made means meant works worked helps helped fails failed seems seemed looks looked
    sounds feels felt appears remains stays keeps kept gets got gives gave goes went costs cost risks risked saves saved
    solves solved resolves resolved clears cleared closes closed triggers triggered blocks blocked unblocks removes
    removed brings brought adds added lets leaves left leads led becomes became matters happens happened belongs
    counts counted runs ran starts started stops stopped waits depends deletes creates created updates changes
    fixes shows showed comes came found blew cut hangs hung crashed crashes drops dropped kills killed lost loses throws
    threw pass passes passed`
  ],
  [Coordinator, "and but or so then yet plus"],
  [
    Subordinator,
    "because since so as while until till before after if when whenever once unless although though whereas"
  ],
  [Relative, "that which who whom whose where"],
  [
    Preposition,
    "to onto on into from with without for in at of by via against after before over under through between across per during within as using towards behind except like than"
  ],
  [Irrealis, "not never nobody no neither nor without please"],
  [
    Irrealis,
    "think thinks thought thinking guess guessed suppose supposed believe believes believed hope hopes hoped wish wished wonder doubt doubts imagine imagined assume assumed expect expected pretend whether unlikely planned intended wanted meant"
  ],
  [Conditional, "if when whenever once unless until till assuming depending otherwise"],
  [Perhaps, "maybe perhaps possibly probably hopefully presumably potentially"],
  [Deferral, "later tomorrow eventually someday sometime afterwards"],
  [
    Speech,
    "said says say saying wrote writes write written asked asks told tells replied replies reply answered answers commented comments claimed claims reported reports noted notes mentioned mentions stated states reads promised promises quoted quotes announced announces printed prints shows logged"
  ],
  [
    Inquiry,
    "see sees know knows check checked checking verify verified wonder ask asked asks tell tells told sure confirm confirmed out determine learn decide"
  ],
  [
    Target,
    "main master trunk develop dev development staging stage prod production live preview test testing qa uat canary sandbox origin upstream remote github gitlab bitbucket heroku vercel netlify fly kubernetes npm pypi release head localhost"
  ],
  [
    Manner,
    `now again right today tonight shortly immediately soon later tomorrow next first please asap once already yesterday
    earlier back too instead separately meanwhile myself here there together then afterwards ago quickly directly
    successfully locally manually`
  ],
  [Nothing, "nothing no none neither nobody not never nor"],
  [
    Background,
    "if when whenever once after before until till unless whether what how where who whom while like seems appears"
  ],
  [Carrier, "that to me us you him her them everyone everybody it the"]
]

/** The classes of every word that has one. */
export const classes: ReadonlyMap<string, number> = lists.reduce((all, [bits, words]) => {
  for (const word of words.trim().split(/\s+/)) all.set(word, (all.get(word) ?? 0) | bits)
  return all
}, new Map<string, number>())
