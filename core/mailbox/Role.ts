/** Names of mailboxes: the roles that sessions hold, and those of drover and of the person it works for. */

/** At most 64 characters of ASCII, so that a name can stand in a command line, a table and a prompt as it is. */
const pattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,63})$/

/** The person: what is sent there is told by `drover attention`. */
export const operator = "operator"

/** Who sends the tasks. */
export const supervisor = "drover"

const reserved: ReadonlySet<string> = new Set([operator, supervisor, "supervisor"])

export const isRole = (text: string): boolean => pattern.test(text)

/** Whether a session may hold it: nobody can take the person's mail, or speak as drover. Case does not matter. */
export const isBindable = (role: string): boolean => isRole(role) && !reserved.has(role.toLowerCase())

/** Whether a message may be sent there; drover itself reads none. */
export const isAddress = (role: string): boolean => role === operator || isBindable(role)
