import { useEffect } from 'react';

/**
 * Takes files that are dropped anywhere on the page, but not on a dialog above it; undefined takes none. The page is never
 * replaced by one.
 */
export function useFileDrop(onFiles: ((files: readonly File[]) => void) | undefined): void {
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      const { target } = event;
      const isOnPage = target instanceof Node && document.getElementById('root')?.contains(target) === true;
      if (isOnPage) onFiles?.(files);
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('drop', onDrop);
    };
  }, [onFiles]);
}
