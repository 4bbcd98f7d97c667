/** How a user calls this engine, for messages that name a remedy. */
export const thisEngine = "npm run engine --";
