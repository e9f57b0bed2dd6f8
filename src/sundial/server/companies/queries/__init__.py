"""Reads about companies, people, departments, teams, attributes and looks."""

from sundial.server.companies.queries.attributes import attributes, attributes_of, holders_of, lenders_of, lent_by
from sundial.server.companies.queries.carrying import borrowers, carried_by, lent_to, loans_ended, teams_by_person
from sundial.server.companies.queries.companies import (
    CLOSED,
    CompanyFacts,
    companies_of,
    company,
    company_facts,
    company_for,
    every_company,
    limits_of,
    seats_used,
    zone_of,
)
from sundial.server.companies.queries.departments import department, departments, tree, with_those_below
from sundial.server.companies.queries.facts import facts_of, pool
from sundial.server.companies.queries.looks import face, looks, photo, style_of
from sundial.server.companies.queries.people import (
    active_admins,
    active_people,
    addresses_called,
    as_person,
    ids_of_those_who_left,
    names_of,
    people,
    person,
    turned_by_time,
    visible_user_ids,
)
from sundial.server.companies.queries.roster import roster
from sundial.server.companies.queries.teams import seats_of, team, team_rows, teams, teams_of

__all__ = [
    "CLOSED",
    "CompanyFacts",
    "active_admins",
    "active_people",
    "addresses_called",
    "as_person",
    "attributes",
    "attributes_of",
    "borrowers",
    "carried_by",
    "companies_of",
    "company",
    "company_facts",
    "company_for",
    "department",
    "departments",
    "every_company",
    "face",
    "facts_of",
    "holders_of",
    "ids_of_those_who_left",
    "lenders_of",
    "lent_by",
    "lent_to",
    "limits_of",
    "loans_ended",
    "looks",
    "names_of",
    "people",
    "person",
    "photo",
    "pool",
    "roster",
    "seats_of",
    "seats_used",
    "style_of",
    "team",
    "team_rows",
    "teams",
    "teams_by_person",
    "teams_of",
    "tree",
    "turned_by_time",
    "visible_user_ids",
    "with_those_below",
    "zone_of",
]
