/** How AutoQA configures rpmlint 2 (github.com/rpm-software-management/rpmlint, configdefaults.toml). */

/** Messages that say nothing about a build of Fedora's: koji's copies are unsigned, and these tags are deprecated. */
const filters = ["no-signature", "no-packager-tag", "no-group-tag", "no-buildroot-tag"];

/** The configuration file, read after rpmlint's defaults. */
export const configuration = `Filters = [\n${filters.map((filter) => `  ${JSON.stringify(filter)},\n`).join("")}]\n`;
