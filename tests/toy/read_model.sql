create schema if not exists read;
create table read.seen (subject text not null, source text not null, number integer not null);
