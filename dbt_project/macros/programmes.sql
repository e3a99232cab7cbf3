{# Families in programmes, by the places that services kept for them. #}

{# Every place as the newest export that has it tells. #}
{% macro newest_places() -%}
    (
        select * from {{ ref('stg_local__programme_participation') }}
        qualify row_number() over (
            partition by local_authority_code, participation_id
            order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
        ) = 1
    )
{%- endmacro %}

{# Every place with the programme that its service belongs to. #}
{% macro programme_places() -%}
    (
        select
            places.*,
            services.programme_code,
            services.service_area_code,
            services.provider_code,
            services.provider_sector_code,
            services.is_accredited
        from {{ newest_places() }} as places
        inner join {{ ref('int_services') }} as services
            on places.local_authority_code = services.local_authority_code
            and places.service_code = services.service_code
    )
{%- endmacro %}

{# The families of some places that had begun by the as-at date: one in several spells or delivery
   models began once. One row per authority, programme and family. #}
{% macro families_begun(places) -%}
    (
        select
            local_authority_code,
            programme_code,
            family_key,
            min(start_date) as start_date,
            min_by(_file_sha256, participation_id) as _file_sha256,
            min_by(_row_number, participation_id) as _row_number
        from {{ places }}
        where family_key is not null
            and start_date <= {{ as_at_date() }}
        group by local_authority_code, programme_code, family_key
    )
{%- endmacro %}

{# Who was in a family on the day it began, as `families` and `members`. Half-open: who leaves on that
   day is no longer in it. #}
{% macro members_on_the_day(families) -%}
    {{ families }} as families
    inner join {{ ref('stg_local__family_members') }} as members
        on families.local_authority_code = members.local_authority_code
        and families.family_key = members.family_key
        and coalesce(members.joined_date <= families.start_date, true)
        and coalesce(members.left_date > families.start_date, true)
{%- endmacro %}

{# Whose each of some places is: the child's who took it, or whose parent did, and of one that names
   nobody every child's of the family. The places' columns and holder_key; for a CTE `identities` of
   local numbers beside them. #}
{% macro places_of_children(places) -%}
    (
        select
            named.*,
            identities.child_id as holder_key
        from {{ places }} as named
        inner join identities
            on named.local_authority_code = identities.local_authority_code
            and coalesce(named.child_key, named.person_key) = identities.person_key
        union all
        select
            families.*,
            identities.child_id as holder_key
        from {{ members_on_the_day(places) }}
        inner join identities
            on members.local_authority_code = identities.local_authority_code
            and members.person_key = identities.person_key
        where families.child_key is null and families.person_key is null
    )
{%- endmacro %}
