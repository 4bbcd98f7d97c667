/** Words for RandomPet: `<adverb>-<adjective>-<name>`. */
import type { Draw } from "./draw";

const ADVERBS = (
  "barely boldly briefly brightly calmly clearly closely deeply dimly early easily evenly fairly fast firmly freely " +
  "gently gladly highly jolly justly keenly kindly lately lightly loudly loyally mainly merely mildly mostly neatly " +
  "newly nicely nobly oddly openly partly plainly promptly proudly purely quickly quietly rarely really richly rightly " +
  "safely sharply simply slowly smoothly softly solely steadily strictly strongly subtly sweetly swiftly truly vastly " +
  "vividly warmly wholly wildly wisely"
).split(" ");

const ADJECTIVES = (
  "able active agile alert ample ancient apt awake bold brave bright brisk calm candid careful charming cheerful clean " +
  "clever cosmic crisp curious daring dear distinct driven eager earnest easy electric elegant epic exact fair famous " +
  "fancy firm fleet fluent fond free fresh frank gentle genuine glad golden grand growing handy happy hardy helpful " +
  "honest humble ideal immense immune jolly joyful keen kind large lasting light lively loyal lucid lucky magic mellow " +
  "merry mighty model modest moral moved native neat noble novel open patient perfect polite prime prompt proper proud " +
  "pure quick quiet rapid rare ready relaxed rich robust sacred safe secure settled sharp sincere smart smooth social " +
  "solid sound special splendid stable steady still striking strong sunny super sure swift tender tidy true trusty up " +
  "usable useful valid vast vital vivid warm welcome whole willing wise witty working worthy"
).split(" ");

const NAMES = (
  "adder alpaca ant antelope ape asp badger barnacle bass bat beagle bear beetle bengal bird bison boa bobcat bream " +
  "buck buffalo bug bull bunny burro buzzard calf camel cardinal cat catfish cheetah chicken chipmunk civet clam cobra " +
  "cod collie colt condor coral cougar cow crab crane crappie crawdad cricket crow cub deer dingo dodo doe dog dogfish " +
  "dolphin donkey dory dove dragon drake drum duck eagle earwig eel eft egret elephant elf elk emu escargot falcon fawn " +
  "feline ferret filly finch firefly fish flamingo flea fly foal foxhound fowl fox frog gannet garfish gator gazelle " +
  "gecko ghoul ghost giraffe glowworm gnat gnu goat goblin goose gopher goshawk grackle griffon grouse grub grubworm " +
  "guinea gull guppy haddock hagfish hamster hare hawk hedgehog hen heron herring hippo hog honeybee hookworm hornet " +
  "horse hound humpback husky hyena ibex iguana imp impala insect jackal jackass jaguar javelin jay jaybird jennet"
).split(" ");

/** `length` words; the last is a name, the one before it an adjective, those before that adverbs. */
export function drawPet(length: number, separator: string, prefix: string, draw: Draw): string {
  const pick = (words: readonly string[]) => words[draw(words.length)] ?? "";
  const words = Array.from({ length }, (_, index) => {
    const fromEnd = length - 1 - index;
    return pick(fromEnd === 0 ? NAMES : fromEnd === 1 ? ADJECTIVES : ADVERBS);
  });
  return [...(prefix ? [prefix] : []), ...words].join(separator);
}
