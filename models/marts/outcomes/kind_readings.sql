with items as (
    select
        *,
        {{ strength_rank('strength') }} as strength_rank,
        reading <> 'NIL' as is_speaking
    from {{ ref('evidence_items') }}
),

pairs as (
    select
        outcome_id,
        local_authority_code,
        period_id,
        data_type,
        pair_code,
        count(*) as member_count,
        min(reading) as lowest_reading,
        max(reading) as highest_reading,
        min(strength_rank) filter (where is_speaking) as strength_rank,
        {{ join_codes('indicator_id') }} as indicator_ids
    from items
    where pair_code is not null
    group by outcome_id, local_authority_code, period_id, data_type, pair_code
),

-- A member that has no value is as silent as one that says nothing.
completed_pairs as (
    select
        *,
        case when member_count = 1 then least(lowest_reading, 'NIL') else lowest_reading end
            as first_reading,
        case when member_count = 1 then greatest(highest_reading, 'NIL') else highest_reading end
            as second_reading
    from pairs
),

voices as (
    select
        outcome_id,
        local_authority_code,
        period_id,
        data_type,
        reading,
        strength_rank,
        indicator_id as indicator_ids,
        cast(null as varchar) as pair_flag
    from items
    where pair_code is null
    union all
    select
        completed_pairs.outcome_id,
        completed_pairs.local_authority_code,
        completed_pairs.period_id,
        completed_pairs.data_type,
        pair_readings.pair_reading as reading,
        completed_pairs.strength_rank,
        completed_pairs.indicator_ids,
        pair_readings.flag as pair_flag
    from completed_pairs
    inner join {{ ref('pair_readings') }} as pair_readings
        on completed_pairs.first_reading = pair_readings.first_reading
        and completed_pairs.second_reading = pair_readings.second_reading
),

weighed as (
    select
        outcome_id,
        local_authority_code,
        period_id,
        data_type,
        count(*) filter (where reading <> 'NIL') as speaking_count,
        max(strength_rank) filter (where reading <> 'NIL') as strongest,
        max(strength_rank) filter (where reading = 'FAV') as strongest_fav,
        max(strength_rank) filter (where reading = 'UNF') as strongest_unf,
        max(strength_rank) filter (where reading = 'NEU') as strongest_neu,
        max(strength_rank) filter (where reading = 'MIX') as strongest_mix,
        coalesce(sum(strength_rank) filter (where reading = 'FAV'), 0) as weight_fav,
        coalesce(sum(strength_rank) filter (where reading = 'UNF'), 0) as weight_unf,
        coalesce(sum(strength_rank) filter (where reading = 'NEU'), 0) as weight_neu,
        coalesce(sum(strength_rank) filter (where reading = 'MIX'), 0) as weight_mix,
        coalesce(max(case when pair_flag = 'PAIR_TRADE_OFF' then 1 end), 0) = 1
            as has_pair_trade_off,
        coalesce(max(case when pair_flag = 'PAIR_INCOMPLETE' then 1 end), 0) = 1
            as has_incomplete_pair
    from voices
    group by outcome_id, local_authority_code, period_id, data_type
),

-- Both sides sound, or both weak, is a conflict; otherwise the weak side is set aside.
sided as (
    select
        *,
        coalesce(
            (strongest_fav >= 2 and strongest_unf >= 2)
            or (strongest_fav = 1 and strongest_unf = 1),
            false
        ) as is_internal_conflict,
        case
            when strongest_fav > 0 and (strongest_unf is null or strongest_unf = 1) then 'FAV'
            when strongest_unf > 0 and (strongest_fav is null or strongest_fav = 1) then 'UNF'
        end as side_left
    from weighed
),

read_kinds as (
    select
        *,
        case side_left when 'FAV' then weight_fav when 'UNF' then weight_unf else 0 end
            as weight_left,
        case
            when speaking_count = 0 then 'SIL'
            when is_internal_conflict then 'MIX'
            when weight_mix > 0 and weight_mix >= greatest(
                case side_left when 'FAV' then weight_fav when 'UNF' then weight_unf else 0 end,
                weight_neu
            ) then 'MIX'
            when side_left = 'FAV' and weight_fav >= weight_neu then 'FAV'
            when side_left = 'UNF' and weight_unf >= weight_neu then 'UNF'
            else 'NEU'
        end as reading
    from sided
),

outweighed as (
    select
        voices.outcome_id,
        voices.local_authority_code,
        voices.period_id,
        voices.data_type,
        {{ join_codes("'OUTWEIGHED_' || voices.reading") }} as flags,
        {{ join_codes('voices.indicator_ids') }} as indicator_ids
    from voices
    inner join read_kinds
        on voices.outcome_id = read_kinds.outcome_id
        and voices.local_authority_code = read_kinds.local_authority_code
        and voices.period_id = read_kinds.period_id
        and voices.data_type = read_kinds.data_type
    where voices.reading in ('FAV', 'UNF')
        and read_kinds.reading <> 'MIX'
        and voices.reading <> read_kinds.reading
    group by
        voices.outcome_id, voices.local_authority_code, voices.period_id, voices.data_type
),

item_facts as (
    select
        outcome_id,
        local_authority_code,
        period_id,
        data_type,
        count(*) as item_count,
        {{ join_codes('case when is_speaking then source_id end') }} as source_ids,
        coalesce(max(case
            when is_speaking and direction = 'IMP' and level = 'WOR' then 1
        end), 0) = 1 as has_improving_from_low,
        coalesce(max(case
            when is_speaking and direction = 'DET' and level = 'BET' then 1
        end), 0) = 1 as has_slipping_from_high,
        coalesce(max(case
            when is_speaking and band_code in ('BELOW_CLEAR', 'ABOVE_CLEAR') then 1
        end), 0) = 1 as has_item_outside_band,
        max(as_at_date) as as_at_date,
        max(parameter_version) as parameter_version
    from items
    group by outcome_id, local_authority_code, period_id, data_type
)

select
    read_kinds.outcome_id,
    read_kinds.local_authority_code,
    read_kinds.period_id,
    read_kinds.data_type,
    read_kinds.reading,
    {{ strength_name(
        "case when read_kinds.is_internal_conflict then read_kinds.strongest "
        ~ "else case read_kinds.reading when 'FAV' then read_kinds.strongest_fav "
        ~ "when 'UNF' then read_kinds.strongest_unf when 'NEU' then read_kinds.strongest_neu "
        ~ "when 'MIX' then read_kinds.strongest_mix end end"
    ) }} as strength,
    item_facts.item_count,
    read_kinds.speaking_count,
    nullif(
        concat_ws(
            ';',
            case when read_kinds.is_internal_conflict then 'INTERNAL_CONFLICT' end,
            outweighed.flags
        ),
        ''
    ) as flags,
    outweighed.indicator_ids as outweighed_indicator_ids,
    read_kinds.has_pair_trade_off,
    read_kinds.has_incomplete_pair,
    item_facts.has_improving_from_low,
    item_facts.has_slipping_from_high,
    item_facts.has_item_outside_band,
    item_facts.source_ids,
    item_facts.as_at_date,
    item_facts.parameter_version
from read_kinds
inner join item_facts
    on read_kinds.outcome_id = item_facts.outcome_id
    and read_kinds.local_authority_code = item_facts.local_authority_code
    and read_kinds.period_id = item_facts.period_id
    and read_kinds.data_type = item_facts.data_type
left join outweighed
    on read_kinds.outcome_id = outweighed.outcome_id
    and read_kinds.local_authority_code = outweighed.local_authority_code
    and read_kinds.period_id = outweighed.period_id
    and read_kinds.data_type = outweighed.data_type
