using System.Collections;
using System.Runtime.InteropServices;
using WsusDashboard.Iis.Emulation.Errors;

namespace Microsoft.Web.Administration;

/// <summary>The times of day at which a worker process is replaced: those of the defaults element, unless cleared, then the pool's own.</summary>
public sealed class ScheduleCollection : IReadOnlyCollection<Schedule>
{
    private readonly ConfigurationElement _element;

    internal ScheduleCollection(ConfigurationElement element) => _element = element;

    public int Count => CollectionEntries.Of(_element).Count;

    /// <exception cref="COMException">No time of day in whole minutes, or one that is there already. Nothing is changed.</exception>
    public Schedule Add(TimeSpan scheduleTime)
    {
        _element.Session.RequireWritable();
        var entry = _element.Schema.Entry!;
        var rule = entry.AttributeSchemas["value"]!.Rule;
        if (rule.Accept(scheduleTime) is null)
        {
            throw new IisRefusedException($"A restart can't be scheduled at '{scheduleTime}'. Allowed: {rule.Allowed}. Nothing was changed.", IisRefusedException.InvalidData);
        }

        if (this.Any(schedule => schedule.Time == scheduleTime))
        {
            throw new IisRefusedException($"Cannot add duplicate collection entry of type 'add' with unique key attribute 'value' set to '{rule.Format(scheduleTime)}'.", IisRefusedException.AlreadyExists);
        }

        var list = _element.EnsureXml();
        var added = _element.Session.Text.AddChild(list, entry.Name, list.Elements().LastOrDefault());
        _element.Session.Text.SetAttribute(added, "value", rule.Format(scheduleTime), []);
        return new Schedule(new ElementLocation(_element.Session, entry, _element, null, added));
    }

    public IEnumerator<Schedule> GetEnumerator() => CollectionEntries.Of(_element).Select(place => new Schedule(place)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
