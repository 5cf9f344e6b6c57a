import type { LinkPreview } from '@stoa/protocol';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';
import { splitLinks } from '../timeline/links.ts';

/** Who writes an address is not disturbed before it is whole. */
const pauseMs = 500;

interface LinkInText {
  /** Of the first link in the text; undefined as long as there is none to show. */
  readonly preview: LinkPreview | undefined;
  /** The message goes without it. */
  remove(): void;
}

/** What the first link in a text that is being written leads to. */
export function useLinkPreview(text: string): LinkInText {
  const { client } = useWorkspace();
  const url = splitLinks(text).find(({ link }) => link)?.text;
  const [found, setFound] = useState<LinkPreview>();
  const [removed, setRemoved] = useState<string>();

  useEffect(() => {
    if (url === undefined) return;
    let isWanted = true;
    const timer = setTimeout(async () => {
      const preview = await client.previews.of(url);
      if (isWanted) setFound(preview);
    }, pauseMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [client, url]);

  const isShown = url !== undefined && found?.url === url && removed !== url;
  return { preview: isShown ? found : undefined, remove: () => setRemoved(url) };
}
