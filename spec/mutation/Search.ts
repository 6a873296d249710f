/** Whether the mutant was found: the one thing that the files of specs in one worker know of each other. */
export const search = { isOver: false }
