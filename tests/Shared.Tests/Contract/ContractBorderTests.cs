using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Shared.Contract.Border;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Tests.Contract;

/// <summary>One message beyond every limit that there is: it is cut, or it doesn't come in.</summary>
public sealed class ContractBorderTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly ContractBorder _border = new(new StoppedClock());

    public static TheoryData<string, string> Fields => [.. AllFields().Select(item => (item.ContainingType.Name, item.Name))];

    public static TheoryData<string, string> Texts => [.. AllFields().Where(item => LimitOf(item) is TextLimit or ListLimit { Each: TextLimit }).Select(item => (item.ContainingType.Name, item.Name))];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Pass_FieldBeyondItsLimit_IsCutOrRefused(string messageName, string fieldName)
    {
        var field = Find(messageName, fieldName);
        var limit = LimitOf(field);
        var message = New(field.ContainingType);
        SetBeyond(message, field, limit);

        var breaches = _border.Pass(message);

        if (IsRefused(limit) && (limit is not PartLimit || Damaged(field.MessageType).CalculateSize() > 0))
        {
            Assert.Equal(fieldName, Assert.Single(breaches).Field.Split('.')[0]);
        }
        else
        {
            Assert.Empty(breaches);
            Assert.True(IsWithin(field.Accessor.GetValue(message), limit), $"{field.FullName} came in as {field.Accessor.GetValue(message)}.");
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Pass_FieldAtItsLimit_ComesInAsItIs(string messageName, string fieldName)
    {
        var field = Find(messageName, fieldName);
        var message = New(field.ContainingType);
        SetAt(message, field, LimitOf(field));
        var before = message.ToByteArray();

        var breaches = _border.Pass(message);

        Assert.DoesNotContain(breaches, breach => !breach.Problem.EndsWith("bytes", StringComparison.Ordinal));
        Assert.Equal(before, message.ToByteArray());
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Pass_TextThatTurnsWhatFollows_IsReplacedOrRefused(string messageName, string fieldName)
    {
        var field = Find(messageName, fieldName);
        var message = New(field.ContainingType);
        const string hostile = "ok\u202E\u001b[2J\u0007";
        if (field.IsRepeated)
        {
            ((IList)field.Accessor.GetValue(message)).Add(hostile);
        }
        else
        {
            field.Accessor.SetValue(message, hostile);
        }

        var breaches = _border.Pass(message);

        var text = field.IsRepeated ? ((IList)field.Accessor.GetValue(message)).Cast<string>().Single() : (string)field.Accessor.GetValue(message);
        Assert.True(breaches.Count == 1 || PlainText.IsPlain(text), text);
    }

    [Fact]
    public void Pass_SectionOfTooManyBytes_IsRefused()
    {
        var section = new Wire.Section { Name = "iis", Iis = new() };
        section.Iis.Pools.AddRange(Enumerable.Range(0, 1000).Select(_ => new Wire.AppPool { Name = new('x', 256), Workers = { Enumerable.Range(0, 100).Select(_ => new Wire.PoolWorker { ProcessId = int.MaxValue, PrivateKilobytes = 1_000_000_000, StartedAt = Timestamp.FromDateTimeOffset(Now) }) } }));

        Assert.Equal("", Assert.Single(_border.Pass(section)).Field);
    }

    [Fact]
    public void Pass_OneDamagedItem_IsLeftOutAndTheOthersStay()
    {
        var state = new Wire.EventsState { Recent = { Event(Now), Event(DateTimeOffset.MinValue), Event(Now.AddDays(2)), new Wire.WindowsEvent { EventId = 4 }, Event(Now.AddHours(23)) } };

        Assert.Empty(_border.Pass(state));
        Assert.Equal([Now, Now.AddHours(23)], state.Recent.Select(item => item.At.ToDateTimeOffset()));
    }

    [Fact]
    public void Pass_EventOfYearOne_NamesTheFieldAsTheContractDoes()
    {
        var message = new Wire.WatchMessage { Event = new() { Sequence = 7, At = Timestamp.FromDateTimeOffset(Now), SyncRun = new() { Id = "wsus-1", StartedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.MinValue) } } };

        Assert.Equal("event.sync_run.started_at", Assert.Single(_border.Pass(message)).Field);
    }

    [Fact]
    public void Pass_ManyMistakes_NamesSomeOfThem()
    {
        var message = new Wire.Snapshot { Agent = new() { AgentId = "a" } };
        message.Sections.AddRange(Enumerable.Range(0, 20).Select(_ => new Wire.Section { Name = new('x', 100), Iis = new() }));

        Assert.InRange(_border.Pass(message).Count, 1, 21);
    }

    private static Wire.WindowsEvent Event(DateTimeOffset at) => new() { EventId = 1, At = Timestamp.FromDateTimeOffset(at) };

    private static IEnumerable<FieldDescriptor> AllFields() =>
        FieldLimits.Messages().SelectMany(message => message.Fields.InDeclarationOrder()).Where(field => field.IsRepeated || field.FieldType is not (FieldType.Bool or FieldType.Enum));

    private static FieldDescriptor Find(string message, string field) => FieldLimits.Messages().Single(candidate => candidate.Name == message).FindFieldByName(field);

    private static FieldLimit LimitOf(FieldDescriptor field) => FieldLimits.Named(field.ContainingType)[field.Name];

    /// <summary>An empty message with what it makes no sense without.</summary>
    private static IMessage New(MessageDescriptor descriptor)
    {
        var message = descriptor.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (FieldLimits.Named(descriptor).GetValueOrDefault(field.Name) is TimeLimit { IsRequired: true } time)
            {
                field.Accessor.SetValue(message, At(field, time));
            }
            else if (FieldLimits.Named(descriptor).GetValueOrDefault(field.Name) is NumberLimit { Minimum: > 0 and var least })
            {
                field.Accessor.SetValue(message, Number(field, least));
            }
        }

        return message;
    }

    /// <summary>A part is refused where it holds something that is, and left out where the rest makes sense without it.</summary>
    private static bool IsRefused(FieldLimit limit) => limit switch
    {
        ListLimit list => list.Beyond is Beyond.Refuse,
        _ => limit.Beyond is Beyond.Refuse,
    };

    private static void SetBeyond(IMessage message, FieldDescriptor field, FieldLimit limit)
    {
        if (limit is ListLimit list)
        {
            Fill(message, field, list, list.Items + 1);
            return;
        }

        field.Accessor.SetValue(message, limit switch
        {
            TextLimit text => new string('x', text.Characters + 1),
            BytesLimit bytes => ByteString.CopyFrom(new byte[bytes.Bytes + 1]),
            NumberLimit number when field.FieldType is FieldType.Int32 => number.Maximum < int.MaxValue ? (int)number.Maximum + 1 : number.Minimum > int.MinValue ? (int)number.Minimum - 1 : int.MaxValue,
            NumberLimit number => Number(field, number.Maximum + 1),
            TimeLimit time when field.FieldType is FieldType.Int64 => MinutesOf(Bounds(time).First.AddSeconds(-1)),
            TimeLimit time => Timestamp.FromDateTimeOffset(Bounds(time).First.AddSeconds(-1)),
            DurationLimit duration => Duration.FromTimeSpan(duration.Longest + TimeSpan.FromSeconds(1)),
            PartLimit => Damaged(field.MessageType),
            _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, null),
        });
    }

    /// <summary>A message that can't come in; an empty one where nothing in it is refused.</summary>
    private static IMessage Damaged(MessageDescriptor descriptor)
    {
        var message = New(descriptor);
        var refused = descriptor.Fields.InDeclarationOrder().FirstOrDefault(field => FieldLimits.Named(descriptor).GetValueOrDefault(field.Name) is TextLimit { Beyond: Beyond.Refuse } or TimeLimit { Beyond: Beyond.Refuse } or NumberLimit { Beyond: Beyond.Refuse } or BytesLimit)
            ?? descriptor.Fields.InDeclarationOrder().FirstOrDefault(field => FieldLimits.Named(descriptor).GetValueOrDefault(field.Name) is PartLimit { Beyond: Beyond.Refuse } or ListLimit { Beyond: Beyond.Refuse });
        if (refused is not null)
        {
            SetBeyond(message, refused, LimitOf(refused));
        }

        return message;
    }

    private static void SetAt(IMessage message, FieldDescriptor field, FieldLimit limit)
    {
        if (limit is ListLimit list)
        {
            Fill(message, field, list, list.Items);
        }
        else
        {
            field.Accessor.SetValue(message, At(field, limit));
        }
    }

    private static object At(FieldDescriptor field, FieldLimit limit) => limit switch
    {
        TextLimit text => new string('x', text.Characters),
        BytesLimit bytes => ByteString.CopyFrom(new byte[bytes.Bytes]),
        NumberLimit number => Number(field, number.Maximum),
        TimeLimit time when field.FieldType is FieldType.Int64 => MinutesOf(Bounds(time).Last),
        TimeLimit time => Timestamp.FromDateTimeOffset(Bounds(time).Last),
        DurationLimit duration => Duration.FromTimeSpan(duration.Longest),
        PartLimit => New(field.MessageType),
        _ => throw new ArgumentOutOfRangeException(nameof(limit), limit, null),
    };

    private static void Fill(IMessage message, FieldDescriptor field, ListLimit list, int items)
    {
        var target = (IList)field.Accessor.GetValue(message);
        for (var i = 0; i < items; i++)
        {
            target.Add(list.Each is TextLimit ? i.ToString(CultureInfo.InvariantCulture) : At(field, list.Each));
        }
    }

    private static object Number(FieldDescriptor field, long number) => field.FieldType switch
    {
        FieldType.Int32 => (object)(int)Math.Clamp(number, int.MinValue, int.MaxValue),
        FieldType.Int64 => number,
        _ => (double)number,
    };

    private static long MinutesOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / 60;

    private static (DateTimeOffset First, DateTimeOffset Last) Bounds(TimeLimit limit) => limit.Reach switch
    {
        TimeReach.Past => (At(2000), Now.AddDays(1)),
        TimeReach.Calendar => (At(2000), At(2200).AddSeconds(-1)),
        _ => (At(1950), DateTimeOffset.MaxValue),
    };

    private static DateTimeOffset At(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static bool IsWithin(object? value, FieldLimit limit) => limit switch
    {
        ListLimit list => ((IList)value!).Count <= list.Items,
        TextLimit text => ((string)value!).Length <= text.Characters,
        NumberLimit number => Convert.ToDouble(value, CultureInfo.InvariantCulture) is var known && known >= number.Minimum && known <= number.Maximum,
        TimeLimit or DurationLimit => value is null,
        PartLimit => value is null || FieldLimits.Named(((IMessage)value).Descriptor).Values.All(inner => inner.Beyond is Beyond.Cut),
        _ => false,
    };

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
