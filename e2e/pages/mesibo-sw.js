// The service worker of an application: pictures of messages show without a connection.
importScripts('{{server}}/mesibo.js');
Reflect.get(self, 'Mesibo').initServiceWorker(caches, self);
