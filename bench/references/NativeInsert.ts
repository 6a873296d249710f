/**
 * A hook without a runtime, as other tools have it: a native program that opens SQLite, sees to its table, inserts what is on
 * its standard input and closes. SQLite is in it, from the sources that better-sqlite3 brings.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../harness/Bundle.ts"

const source = `
#include <stdio.h>
#include "sqlite3.h"

static char body[1 << 20];

int main(int count, char **words) {
  size_t length = fread(body, 1, sizeof body, stdin);
  sqlite3 *database;
  sqlite3_stmt *insert;
  if (count < 2 || sqlite3_open(words[1], &database) != SQLITE_OK) return 1;
  sqlite3_busy_timeout(database, 1000);
  if (sqlite3_exec(database,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE IF NOT EXISTS hook_events (id INTEGER PRIMARY KEY, payload TEXT)", 0, 0, 0) != SQLITE_OK) return 1;
  if (sqlite3_prepare_v2(database, "INSERT INTO hook_events (payload) VALUES (?)", -1, &insert, 0) != SQLITE_OK) return 1;
  sqlite3_bind_text(insert, 1, body, (int)length, SQLITE_STATIC);
  if (sqlite3_step(insert) != SQLITE_DONE) return 1;
  sqlite3_finalize(insert);
  return sqlite3_close(database) != SQLITE_OK;
}
`

/** Why it can not be made here; null where it can. */
export const lacks = (): string | null =>
  spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0 ? null : "it needs gcc"

export const fileIn = (fixture: string): string => join(fixture, "insert")

/** Compiles it; that takes a while. */
export const make = (fixture: string): void => {
  const file = join(fixture, "insert.c")
  writeFileSync(file, source)
  const sqlite = join(repository, "node_modules", "better-sqlite3", "deps", "sqlite3")
  const options = ["-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION"]
  const inputs = [file, join(sqlite, "sqlite3.c"), "-lm"]
  execFileSync("gcc", ["-O1", ...options, `-I${sqlite}`, "-o", fileIn(fixture), ...inputs])
}
