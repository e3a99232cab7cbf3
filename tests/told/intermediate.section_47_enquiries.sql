-- key: child_id, enquiry_start_date
select
    who.child_id,
    enquiries.enquiry_start_date,
    enquiries.enquiry_end_date,
    enquiries.is_no_further_action,
    case
        -- The census of its year says what was judged by then, and the return decides.
        when is_returned(enquiries.enquiry_start_date)
            then enquiries.is_conference_not_required
                and enquiries.enquiry_end_date <= censuses.census_date
        when enquiries.enquiry_end_date is not null then enquiries.is_conference_not_required
    end as is_conference_not_required,
    -- Only a census has the days of the conference beside the enquiry.
    case
        when censuses.is_counted
            and not (
                enquiries.is_conference_not_required
                and enquiries.enquiry_end_date <= censuses.census_date
            )
            then enquiries.conference_target_date
    end as conference_target_date,
    case when censuses.is_counted then enquiries.initial_conference_date end
        as initial_conference_date,
    enquiries.team_id
from who
inner join world.section_47_enquiries as enquiries on who.lived_id = enquiries.child_id
cross join lateral (
    select
        is_returned(greatest(enquiries.enquiry_start_date, enquiries.initial_conference_date))
            as is_counted,
        year_end(greatest(enquiries.enquiry_start_date, enquiries.initial_conference_date))
            as census_date
) as censuses
