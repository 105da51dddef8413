// Comfort on top of pages that work without it: each module looks for its data attribute.
import { autosave } from "./autosave.js";
import { countCharacters } from "./count.js";
import { openDialogs } from "./dialog.js";
import { focusSummary } from "./focus.js";
import { warnBeforeLeaving } from "./leave.js";
import { usePasskeys } from "./passkey.js";
import { pollFragments } from "./poll.js";
import { warnBeforeSessionEnds } from "./session.js";

autosave(document);
countCharacters(document);
openDialogs(document);
focusSummary(document);
warnBeforeLeaving(document);
pollFragments(document);
usePasskeys(document);
warnBeforeSessionEnds(document);
