import { setting } from './setting.ts';
import { wholeNumber, yesOrNo } from './setting-types.ts';

/** Settings of previews of links. */
export const previewSettings = {
  linkPreviews: setting({
    group: 'limits',
    env: 'STOA_LINK_PREVIEWS',
    type: yesOrNo,
    fallback: true,
    description:
      'Whether the server looks at pages that users write links to, at public addresses on the ports 80 and 443. Whoever runs such a page sees the address of the server then.',
  }),
  linkPreviewsPerMinute: setting({
    group: 'limits',
    env: 'STOA_LINK_PREVIEWS_PER_MINUTE',
    type: wholeNumber(0, 1_000_000_000),
    fallback: 30,
    description: 'Links that a user may have looked at by one node in a minute; 0 for no limit.',
  }),
} as const;
