import type { ContactCard, Content } from '@stoa/protocol';
import { MapPin, UserRound } from 'lucide-react';
import { hrefOf } from '../hooks/use-route.ts';
import styles from './cards.module.css';
import { phoneLink } from './links.ts';

/** A place on the earth, with ways to look at it. */
export function PlaceCard({ latitude, longitude }: { latitude: number; longitude: number }) {
  const at = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=15/${latitude}/${longitude}`;
  return (
    <div className={styles.card}>
      <MapPin size={24} />
      <div>
        <a href={`geo:${latitude},${longitude}`}>Location: {at}</a>
        <a className={styles.note} href={map} target="_blank" rel="noopener noreferrer">
          Open the map
        </a>
      </div>
    </div>
  );
}

/** People whose cards were passed on. */
export function ContactCards({ contacts }: { contacts: NonNullable<Content['contacts']> }) {
  return contacts.map((contact, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a message keep their places.
    <Contact key={index} contact={contact} />
  ));
}

function Contact({ contact }: { contact: ContactCard }) {
  const { name, organization, address, phones = [], emails = [] } = contact;
  return (
    <section className={styles.card} aria-label={`Contact ${name}`}>
      <UserRound size={24} />
      <div>
        <strong dir="auto">{name}</strong>
        {organization !== undefined && <span dir="auto">{organization}</span>}
        {address !== undefined && <a href={hrefOf({ peer: address })}>Write to {address}</a>}
        {phones.map((phone) => (
          <a key={phone} href={phoneLink(phone)}>
            {phone}
          </a>
        ))}
        {emails.map((email) => (
          <a key={email} href={`mailto:${encodeURIComponent(email).replace('%40', '@')}`}>
            {email}
          </a>
        ))}
      </div>
    </section>
  );
}
