/** A word of a command for a POSIX shell, as a person pastes it. */

/** As it is where no shell would touch it, else in single quotes. */
export const quote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
