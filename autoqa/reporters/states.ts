/** SQL's list of the states in which a post is still to be sent. */
export const unsentStates = "('waiting', 'sending')";
