import type { Content } from '@stoa/protocol';
import { useEffect, useState } from 'react';
import { useWorkspace } from '../hooks/use-workspace.tsx';

/**
 * A link to a file of a message that holds now; undefined until it is known, and when the file is gone. Without a
 * connection it may have run out, until there is one again.
 */
export function useFileLink(file: NonNullable<Content['file']>): string | undefined {
  const { client } = useWorkspace();
  const [link, setLink] = useState(() => client.files.knownLink(file));

  // biome-ignore lint/correctness/useExhaustiveDependencies: a file of the same id and link is the same file.
  useEffect(() => {
    let isShown = true;
    const look = () => void client.files.link(file).then((found) => isShown && setLink(found));
    look();
    const forget = client.on('status', ({ state }) => {
      if (state === 'online' && client.files.knownLink(file) === undefined) look();
    });
    return () => {
      isShown = false;
      forget();
    };
  }, [client, file.id, file.url]);

  return link;
}
