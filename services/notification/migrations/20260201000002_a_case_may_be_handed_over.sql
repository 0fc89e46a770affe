-- migrate:up
do $$
begin
    execute format('grant update on read.known_case to %I', split_part(current_database(), '__', 1));
end
$$;

-- migrate:down
do $$
begin
    execute format('revoke update on read.known_case from %I', split_part(current_database(), '__', 1));
end
$$;
