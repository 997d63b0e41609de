using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Contract.Border;

/// <summary>
/// The one place where lengths, counts, numbers and times of the contract are checked: where a message is received, before anything else looks at it. What stands in
/// <see cref="FieldLimits"/> holds for everybody behind it. Threading: any thread.
/// </summary>
public sealed class ContractBorder(TimeProvider timeProvider)
{
    /// <summary>So many mistakes of one message are named.</summary>
    private const int MostBreaches = 20;

    private const long SecondsPerMinute = 60;

    private static readonly long FirstOfPast = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long LastOfCalendar = new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() - 1;
    private static readonly long FirstOfCertificates = new DateTimeOffset(1950, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long LastOfCertificates = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Cuts what may be cut.</summary>
    /// <returns>What is beyond its limit otherwise; where there is any, the message must not come in.</returns>
    public IReadOnlyList<Breach> Pass(IMessage message)
    {
        List<Breach> breaches = [];
        Check(message, breaches);
        return breaches;
    }

    private void Check(IMessage message, List<Breach> breaches)
    {
        foreach (var (field, limit) in FieldLimits.Of(message.Descriptor))
        {
            if (breaches.Count >= MostBreaches)
            {
                return;
            }

            if (limit is not ClosedLimit && (!field.HasPresence || limit is TimeLimit { IsRequired: true } || field.Accessor.HasValue(message)))
            {
                CheckField(message, field, limit, breaches);
            }
        }

        if (FieldLimits.MaximumBytes(message.Descriptor) is { } maximum && message.CalculateSize() > maximum)
        {
            breaches.Add(new("", Invariant($"has more than {maximum} bytes")));
        }
    }

    private void CheckField(IMessage message, FieldDescriptor field, FieldLimit limit, List<Breach> breaches)
    {
        var value = field.Accessor.GetValue(message);
        if (limit is ListLimit list)
        {
            CheckList((IList)value, field.Name, list, breaches);
            return;
        }

        var first = breaches.Count;
        var taken = CheckValue(value, limit, breaches);
        if (breaches.Count > first && limit.Beyond is Beyond.Cut)
        {
            breaches.RemoveRange(first, breaches.Count - first);
            field.Accessor.Clear(message);
        }
        else if (breaches.Count > first)
        {
            Place(breaches, first, field.Name);
        }
        else if (!ReferenceEquals(taken, value))
        {
            field.Accessor.SetValue(message, taken);
        }
    }

    private void CheckList(IList items, string name, ListLimit limit, List<Breach> breaches)
    {
        var first = breaches.Count;
        if (items.Count > limit.Items && limit.Beyond is Beyond.Refuse)
        {
            breaches.Add(new(name, Invariant($"has {items.Count} items; allowed: at most {limit.Items}")));
            return;
        }

        for (var i = items.Count - 1; i >= limit.Items; i--)
        {
            items.RemoveAt(i);
        }

        for (var i = items.Count - 1; i >= 0 && breaches.Count < MostBreaches; i--)
        {
            var before = breaches.Count;
            var taken = CheckValue(items[i]!, limit.Each, breaches);
            if (breaches.Count > before && limit.Each.Beyond is Beyond.Cut)
            {
                breaches.RemoveRange(before, breaches.Count - before);
                items.RemoveAt(i);
            }
            else if (breaches.Count == before && !ReferenceEquals(taken, items[i]))
            {
                items[i] = taken;
            }
        }

        Place(breaches, first, name);
    }

    /// <summary>The value as it may come in; the same one where it is within its limit. What can't be made so is a breach.</summary>
    private object CheckValue(object? value, FieldLimit limit, List<Breach> breaches)
    {
        switch (limit)
        {
            case TextLimit text:
                return CheckText((string)value!, text, breaches);
            case NumberLimit number:
                return CheckNumber(value!, number, breaches);
            case BytesLimit bytes when ((ByteString)value!).Length > bytes.Bytes:
                breaches.Add(new("", Invariant($"has {((ByteString)value).Length} bytes; allowed: at most {bytes.Bytes}")));
                break;
            case TimeLimit time:
                CheckTime(value, time, breaches);
                break;
            case DurationLimit duration when value is Duration { Seconds: < 0 } or Duration { Nanos: < 0 } || ((Duration)value!).Seconds > (long)duration.Longest.TotalSeconds || ((Duration)value).Nanos >= Duration.NanosecondsPerSecond:
                breaches.Add(new("", Invariant($"is not a duration; allowed: 0 to {duration.Longest.TotalDays} days")));
                break;
            case PartLimit:
                Check((IMessage)value!, breaches);
                break;
        }

        return value!;
    }

    private static string CheckText(string value, TextLimit limit, List<Breach> breaches)
    {
        if (limit.Beyond is Beyond.Cut)
        {
            return PlainText.Replace(PlainText.Cut(value, limit.Characters), limit.MayBreak);
        }

        if (value.Length > limit.Characters || !PlainText.IsPlain(value, limit.MayBreak))
        {
            breaches.Add(new("", Invariant($"has {value.Length} characters; allowed: at most {limit.Characters}, without control and format characters")));
        }

        return value;
    }

    private static object CheckNumber(object value, NumberLimit limit, List<Breach> breaches)
    {
        var isWithin = value is double fraction
            ? double.IsFinite(fraction) && fraction >= limit.Minimum && fraction <= limit.Maximum
            : Convert.ToInt64(value, CultureInfo.InvariantCulture) is var whole && whole >= limit.Minimum && whole <= limit.Maximum;
        if (isWithin)
        {
            return value;
        }

        if (limit.Beyond is Beyond.Refuse)
        {
            breaches.Add(new("", Invariant($"is beyond its limits; allowed: {limit.Minimum} to {limit.Maximum}")));
            return value;
        }

        // Each as it came: a field takes no other type.
        return value switch
        {
            double number => (object)(double.IsNaN(number) ? limit.Minimum : Math.Clamp(number, limit.Minimum, limit.Maximum)),
            int number => (int)Math.Clamp(number, limit.Minimum, limit.Maximum),
            long number => Math.Clamp(number, limit.Minimum, limit.Maximum),
            _ => throw new ArgumentOutOfRangeException(nameof(value), value, "The contract has no numbers of this type."),
        };
    }

    private void CheckTime(object? value, TimeLimit limit, List<Breach> breaches)
    {
        var (first, last, words) = limit.Reach switch
        {
            TimeReach.Past => (FirstOfPast, timeProvider.GetUtcNow().AddDays(1).ToUnixTimeSeconds(), "2000-01-01 to one day from now"),
            TimeReach.Calendar => (FirstOfPast, LastOfCalendar, "the years 2000 to 2199"),
            _ => (FirstOfCertificates, LastOfCertificates, "the years 1950 to 9999"),
        };
        var isWithin = value switch
        {
            Timestamp { Nanos: >= 0 and < Duration.NanosecondsPerSecond } time => time.Seconds >= first && time.Seconds <= last,
            long minutes => minutes >= first / SecondsPerMinute && minutes <= last / SecondsPerMinute,
            null => !limit.IsRequired,
            _ => false,
        };
        if (!isWithin)
        {
            breaches.Add(new("", $"is {(value is null ? "missing" : "not such a time")}; allowed: {words}"));
        }
    }

    /// <summary>What was found inside a field, seen from outside.</summary>
    private static void Place(List<Breach> breaches, int first, string field)
    {
        for (var i = first; i < breaches.Count; i++)
        {
            breaches[i] = breaches[i].Below(field);
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
