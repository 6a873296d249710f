/** The pure core: tables, decisions and their types, as plain functions over plain data. */
export {}
