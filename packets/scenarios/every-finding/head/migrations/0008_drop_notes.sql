ALTER TABLE invoice DROP COLUMN note;
DELETE FROM payment WHERE cents = 0;
