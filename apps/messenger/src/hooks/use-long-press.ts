import { type TouchEvent, useCallback, useEffect, useRef } from 'react';

/** As long as the systems of phones wait. */
const pressMs = 500;
/** Whoever moves farther than this (in px) scrolls. */
const slackPixels = 10;

interface TouchHandlers {
  onTouchStart(event: TouchEvent): void;
  onTouchMove(event: TouchEvent): void;
  onTouchEnd(event: TouchEvent): void;
  onTouchCancel(event: TouchEvent): void;
}

/** Props of what a finger is held on to do something: browsers on iPhones and iPads have no event for it. */
export function useLongPress(onLongPress: () => void): TouchHandlers {
  const press = useRef<{ x: number; y: number; timer: number | undefined }>(undefined);

  const end = useCallback((): void => {
    window.clearTimeout(press.current?.timer);
    press.current = undefined;
  }, []);
  useEffect(() => end, [end]);

  return {
    onTouchStart({ touches, target }) {
      end();
      const [touch, second] = Array.from(touches);
      // Links and what plays have menus of their own.
      const isTaken = target instanceof Element && target.closest('a, input, audio, video') !== null;
      if (touch === undefined || second !== undefined || isTaken) return;
      const timer = window.setTimeout(() => {
        if (press.current !== undefined) press.current.timer = undefined;
        onLongPress();
      }, pressMs);
      press.current = { x: touch.clientX, y: touch.clientY, timer };
    },
    onTouchMove({ touches }) {
      const from = press.current;
      const [touch] = Array.from(touches);
      if (from === undefined || touch === undefined) return;
      if (Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > slackPixels) end();
    },
    onTouchEnd(event) {
      const isDone = press.current !== undefined && press.current.timer === undefined;
      end();
      // Otherwise the browser makes a click of it, on what lies below.
      if (isDone && event.cancelable) event.preventDefault();
    },
    onTouchCancel: end,
  };
}
