// mocha's own report, and the counts of the run as a line of JSON in the file that TEST_COUNTS names.
const { appendFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures } = this.stats;
      appendFileSync(process.env.TEST_COUNTS, `${JSON.stringify({ passed: passes, failed: failures })}\n`);
    });
  }
};
