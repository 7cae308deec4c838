/**
 * The version of the specification: the rows and their meaning. It is independent of the program's version. `docs/specification/`
 * has the rows of each version.
 */
export const SPECIFICATION = '1.0'
