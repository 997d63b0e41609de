using System.Reflection;
using CsCheck;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Contract;

/// <summary>Makes any domain record with any values that its types allow: one generator a property, so that a failure shrinks.</summary>
internal static class RecordGenerator
{
    // 10,000 years: what a Duration of the contract may hold.
    private const long MaximumDurationTicks = 315_576_000_000 * TimeSpan.TicksPerSecond;

    public static Gen<object?> For(Type type) => Nullable.GetUnderlyingType(type) is { } value ? OrNull(For(value)) : NotNull(type);

    private static Gen<object?> NotNull(Type type)
    {
        if (type == typeof(string))
        {
            return Gen.String[Gen.Char['\u0001', '\uD7FF'], 0, 12].Select(text => (object?)text);
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return Gen.Int[0, values.Length - 1].Select(index => values.GetValue(index));
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            return List(type.GetGenericArguments()[0]);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
        {
            return List(type.GetGenericArguments()[0]).Select(items => Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.NonPublic, null, [items], null));
        }

        return Primitive(type) ?? Record(type);
    }

    private static Gen<object?>? Primitive(Type type) => type switch
    {
        _ when type == typeof(bool) => Gen.Bool.Select(value => (object?)value),
        _ when type == typeof(int) => Gen.Int.Select(value => (object?)value),
        _ when type == typeof(long) => Gen.Long.Select(value => (object?)value),
        _ when type == typeof(double) => Gen.Double[-1e12, 1e12].Select(value => (object?)value),
        _ when type == typeof(TimeSpan) => Gen.Long[-MaximumDurationTicks, MaximumDurationTicks].Select(ticks => (object?)new TimeSpan(ticks)),
        _ when type == typeof(DateTimeOffset) => Gen.Long[0, DateTimeOffset.MaxValue.Ticks].Select(ticks => (object?)new DateTimeOffset(ticks, TimeSpan.Zero)),
        _ => null,
    };

    private static Gen<object?> List(Type item) => For(item).Array[0, 3].Select(items =>
    {
        var array = Array.CreateInstance(item, items.Length);
        items.CopyTo(array, 0);
        return (object?)array;
    });

    private static Gen<object?> Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First();
        var parameters = constructor.GetParameters();
        var positional = parameters.Select(parameter => parameter.Name).ToHashSet();
        var properties = type.GetProperties().Where(property => property.CanWrite && !positional.Contains(property.Name)).ToList();
        var context = new NullabilityInfoContext();
        var generators = parameters.Select(parameter => Member(parameter.ParameterType, context.Create(parameter).ReadState))
            .Concat(properties.Select(property => Member(property.PropertyType, context.Create(property).ReadState)));

        return All(generators).Select(values =>
        {
            var record = constructor.Invoke([.. values.Take(parameters.Length)]);
            foreach (var (property, value) in properties.Zip(values.Skip(parameters.Length)))
            {
                property.SetValue(record, value);
            }

            return (object?)Consistent(record);
        });
    }

    private static Gen<object?> Member(Type type, NullabilityState state) => !type.IsValueType && state is NullabilityState.Nullable ? OrNull(For(type)) : For(type);

    private static Gen<object?> OrNull(Gen<object?> generator) => Gen.Select(Gen.Int[0, 3], generator, (dice, value) => dice == 0 ? null : value);

    private static Gen<List<object?>> All(IEnumerable<Gen<object?>> generators) =>
        generators.Aggregate(Gen.Const(() => new List<object?>()), (all, one) => Gen.Select(all, one, (values, value) => new List<object?>(values) { value }));

    /// <summary>What the contract promises beyond the types: one payload an event, each section under its own name.</summary>
    private static object Consistent(object record) => record switch
    {
        AgentEvent { SyncRun: not null } agentEvent => agentEvent with { StateChange = null, Repair = null, WindowsEvent = null, Evidence = null },
        AgentEvent { StateChange: not null } agentEvent => agentEvent with { Repair = null, WindowsEvent = null, Evidence = null },
        AgentEvent { Repair: not null } agentEvent => agentEvent with { WindowsEvent = null, Evidence = null },
        AgentEvent { WindowsEvent: not null } agentEvent => agentEvent with { Evidence = null },
        Snapshot snapshot => snapshot with
        {
            Iis = snapshot.Iis with { Name = SectionNames.Iis },
            Services = snapshot.Services with { Name = SectionNames.Services },
            Wsus = snapshot.Wsus with { Name = SectionNames.Wsus },
            ConfigMgr = snapshot.ConfigMgr with { Name = SectionNames.ConfigMgr },
            Events = snapshot.Events with { Name = SectionNames.Events },
            Host = snapshot.Host with { Name = SectionNames.Host },
            Client = snapshot.Client with { Name = SectionNames.Client },
            Posture = snapshot.Posture with { Name = SectionNames.Posture },
        },
        _ => record,
    };
}
