// The stories of all contracts on the runtime in plain JavaScript, with every store checked.
import { test } from 'vitest';
import { STORIES, Teller } from './testing/stories.ts';

test.each(STORIES)('$name', ({ run }) => run(new Teller()));
