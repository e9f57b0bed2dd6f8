-- Two logins and five narrow roles for Sundial, and its database.
-- Run once, as an administrator of the server, after changing both passwords.

-- Owns the tables and migrates. It is no superuser and may make no roles.
CREATE ROLE sundial_owner LOGIN PASSWORD 'change-this-owner-password';

-- What the program runs as. It owns nothing; NOINHERIT keeps the three roles below from applying unasked.
CREATE ROLE sundial_app LOGIN NOINHERIT PASSWORD 'change-this-app-password';

-- The only ways across companies, each on a short list of columns. Nobody can log in as them.
CREATE ROLE sundial_across NOLOGIN;
CREATE ROLE sundial_gateway NOLOGIN;
CREATE ROLE sundial_ingest NOLOGIN;
GRANT sundial_across, sundial_gateway, sundial_ingest TO sundial_app;

-- Owns the function that searches the audit log. The program cannot become it, only call the function.
CREATE ROLE sundial_search NOLOGIN;
GRANT sundial_search TO sundial_owner;

-- Owns the function that takes archived entries out of the audit log. Nobody can become it either.
CREATE ROLE sundial_archivist NOLOGIN;
GRANT sundial_archivist TO sundial_owner;

CREATE DATABASE sundial OWNER sundial_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE sundial FROM PUBLIC;
GRANT CONNECT ON DATABASE sundial TO sundial_app;

-- On an SSD any page is read as fast as the next one.
ALTER DATABASE sundial SET random_page_cost = 1.1;
