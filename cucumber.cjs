// `npx cucumber-js` alone: the current context, or FLATNET_CLUSTER. `flatnet run` does not read this file.
// No `paths`: cucumber would merge them with those on its command line.
module.exports = {
  default: {
    import: ['dist/steps/**/*.js'],
    format: ['progress'],
    publish: false,
    retry: 0,
    strict: true,
  },
}
