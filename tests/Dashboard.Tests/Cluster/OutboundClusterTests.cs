using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>Two dashboards on one PostgreSQL database, and agents that connect themselves to both, or to one of them.</summary>
public sealed class OutboundClusterTests : IAsyncLifetime
{
    private const string Outbound = "outbound://0123456789abcdef0123456789abcdef";

    private readonly TempFolder _firstFolder = new();
    private readonly TempFolder _secondFolder = new();
    private readonly int _firstPort = DialledAgent.FreePort();
    private readonly int _secondPort = DialledAgent.FreePort();
    private readonly string _connectionString;
    private TestDashboard _first = null!;
    private TestDashboard _second = null!;

    public OutboundClusterTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase();
        _connectionString = cluster.ConnectionString(database);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agent_ConnectedToBoth_IsWatchedByItsOwnerAndCommandedOnceByTheOther()
    {
        await using var agent = await DialledAgent.StartAsync();
        var started = 0;
        agent.Fake.Verbs.Start = _ =>
        {
            Interlocked.Increment(ref started);
            return Samples.Run();
        };
        var id = await _first.AddServerAsync(Outbound);
        await DialBothAsync(agent);
        var watch = await agent.Fake.NextWatchAsync();
        watch.Send(Samples.Snapshot(Clock.Start, pool: PoolState.Stopped));
        var (_, other) = OwnersOf(id);
        await other.UntilAsync(id, server => server.Link.State == LinkState.Up && server.Snapshot is not null);

        var (status, _, _) = await other.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair", baseline = "guide" });

        Assert.Equal(202, status);
        Assert.Equal(1, started);
        Assert.False(agent.Fake.HasWatch);
        Assert.Equal((1, 1), (_first.Get<OutboundAgents>().Count, _second.Get<OutboundAgents>().Count));
    }

    [Fact]
    public async Task Agent_ConnectedToBoth_IsToldOneSignedListByBoth()
    {
        await using var agent = await DialledAgent.StartAsync();
        await UntilListedAsync(_first, 2);
        await UntilListedAsync(_second, 2);
        await _first.AddServerAsync(Outbound);
        await DialBothAsync(agent);

        var told = new[] { await NextAsync(agent), await NextAsync(agent) };

        Assert.Equal(new[] { AddressOf(_firstPort), AddressOf(_secondPort) }.Order(), told.Select(request => request.Speaker).Order());
        var hub = _first.Get<HubIdentity>();
        Assert.All(told, request =>
        {
            var list = new SignedAddresses(request.List.HubId, request.List.Revision, [.. request.List.Addresses], request.List.Key.Memory, request.List.Signature.Memory);
            Assert.Equal((hub.Id, told[0].List.Revision), (list.HubId, list.Revision));
            Assert.Equal([AddressOf(_firstPort), AddressOf(_secondPort)], list.Addresses);
            Assert.True(list.IsSignedBy(pin => pin == hub.Keys.Current.Pin));
        });
    }

    [Fact]
    public async Task Owner_IsKilled_TheOtherWatchesOverTheConnectionItHas()
    {
        await using var agent = await DialledAgent.StartAsync();
        var id = await _first.AddServerAsync(Outbound);
        var ended = await DialBothAsync(agent);
        var watch = await agent.Fake.NextWatchAsync();
        watch.Send(Samples.Snapshot(Clock.Start));
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start, Shared.Syncs.SyncResult.Succeeded)));
        var (owner, other) = OwnersOf(id);
        await owner.StoredAsync(id, 1);

        await owner.KillAsync();
        var again = await agent.Fake.NextWatchAsync();
        again.Send(Samples.Snapshot(Clock.Start));
        await other.UntilAsync(id, server => server.Link.State == LinkState.Up);

        Assert.Equal((1, "epoch-1"), (again.Request.AfterSequence, again.Request.SequenceEpoch));
        Assert.False(ended[other == _first ? 0 : 1].IsCompleted);
    }

    [Fact]
    public async Task Owner_StopsInOrder_TheOthersConnectionStays()
    {
        await using var agent = await DialledAgent.StartAsync();
        var id = await _first.AddServerAsync(Outbound);
        var ended = await DialBothAsync(agent);
        (await agent.Fake.NextWatchAsync()).Send(Samples.Snapshot(Clock.Start));
        var (owner, other) = OwnersOf(id);
        await owner.UntilAsync(id, server => server.Link.State == LinkState.Up);

        await owner.DisposeAsync();
        (await agent.Fake.NextWatchAsync()).Send(Samples.Snapshot(Clock.Start));
        await other.UntilAsync(id, server => server.Link.State == LinkState.Up);

        Assert.False(ended[other == _first ? 0 : 1].IsCompleted);
    }

    [Fact]
    public async Task Agent_ConnectedToItsOwnerAlone_TheOtherSaysSoAndWhereItIsWatched()
    {
        await using var agent = await DialledAgent.StartAsync();
        var id = await _first.AddServerAsync(Outbound);
        var (owner, other) = OwnersOf(id);
        await agent.DialAsync(owner == _first ? _firstPort : _secondPort);
        (await agent.Fake.NextWatchAsync()).Send(Samples.Snapshot(Clock.Start, pool: PoolState.Stopped));
        await other.UntilAsync(id, server => server.Link.State == LinkState.Up && server.Snapshot is not null);

        var (here, there) = (await ReadAsync(owner, id), await ReadAsync(other, id));
        var page = await other.Http.GetStringAsync(new Uri($"/servers/{id}", UriKind.Relative), Token);
        var (status, body, _) = await other.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair", baseline = "guide" });

        Assert.Equal(JsonValueKind.Null, here.GetProperty("notConnectedHere").ValueKind);
        var expected = $"{owner.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)}/servers/{id}";
        Assert.Equal((expected, owner.Get<DashboardInstance>().Name), (there.GetProperty("notConnectedHere").GetProperty("page").GetString(), there.GetProperty("notConnectedHere").GetProperty("watchedBy").GetString()));
        Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.Equal(503, status);
        AssertText.Tells(body.ToString(), owner.Get<DashboardInstance>().Name, owner.Http.BaseAddress.GetLeftPart(UriPartial.Authority));
    }

    [Fact]
    public async Task HubKey_ChangedAtTheOther_IsToldByTheOwnerAndUsedByBoth()
    {
        await using var agent = await DialledAgent.StartAsync();
        var id = await _first.AddServerAsync(Outbound);
        await DialBothAsync(agent);
        (await agent.Fake.NextWatchAsync()).Send(Samples.Snapshot(Clock.Start));
        var (owner, other) = OwnersOf(id);
        await owner.UntilAsync(id, server => server.Link.State == LinkState.Up);

        var (status, body, _) = await other.PostAsync("/api/v1/hub/key/rotation", new { });
        var next = body.GetProperty("nextKey").GetString();
        await Eventually.TrueAsync(() => owner.Get<HubIdentity>().Keys.Next?.Pin == next && owner.Get<HubKeyFollower>().MayAnnounce(next!));
        Assert.Equal((200, 0), (status, agent.HubKeys.Count));

        // As at any connection that begins anew.
        await agent.DialAsync(owner == _first ? _firstPort : _secondPort);
        await Eventually.TrueAsync(() => owner.Get<HubIdentity>().Keys.Current.Pin == next && other.Get<HubIdentity>().Keys.Current.Pin == next);

        Assert.Equal([next!], agent.HubKeys);
        Assert.Equal(next, await owner.ReadAsync(context => context.Servers.Select(server => server.HubPin).SingleAsync(Token)));
    }

    [Fact]
    public async Task Agent_OfAServerThatWasJustAddedElsewhere_IsTaken()
    {
        await using var agent = await DialledAgent.StartAsync();
        await _first.AddServerAsync(Outbound);

        Assert.Equal(OutboundAnswer.Taken, (await agent.DialAsync(_secondPort)).Answer);
    }

    [Fact]
    public async Task Agent_ThatWaitsToBeAdmitted_IsKeptByBothUntilItIsRefused()
    {
        await using var agent = await DialledAgent.StartAsync();
        await using (var context = await _first.Get<IDbContextFactory<Dashboard.Data.DashboardContext>>().CreateDbContextAsync(Token))
        {
            context.Admissions.Add(new() { TokenId = "0123456789abcdef", AgentPin = FakeAgent.Pin, AgentId = Outbound[^32..], ComputerName = "NEW", AgentVersion = "1", Address = Outbound, AskedFrom = "127.0.0.1", AskedAt = Clock.Start.UtcDateTime });
            await context.SaveChangesAsync(Token);
        }

        var ended = await DialBothAsync(agent);
        var waiting = await _first.Http.GetFromJsonAsync<JsonElement>("/api/v1/enrolment/waiting", Token);
        using var refused = await _first.Http.DeleteAsync(new Uri($"/api/v1/enrolment/waiting/{waiting[0].GetProperty("id").GetInt32()}", UriKind.Relative), Token);

        Assert.True(refused.IsSuccessStatusCode);
        await Task.WhenAll(ended).WaitAsync(Eventually.Limit, Token);
        Assert.Equal(OutboundAnswer.Unknown, (await agent.DialAsync(_secondPort)).Answer);
    }

    [Fact]
    public async Task Agent_OfNoServer_IsUnknownToBothAndWrittenDownOnce()
    {
        using var key = IdentityKey.Create("stranger", TimeProvider.System.GetUtcNow());

        foreach (var port in new[] { _firstPort, _secondPort, _firstPort })
        {
            var (answer, stream) = await DialledAgent.ConnectAsync(port, key);
            await stream.DisposeAsync();
            Assert.Equal(OutboundAnswer.Unknown, answer);
        }

        // The other dashboard writes in the order in which it was told: what it had to say of the first key is there once this is.
        using var other = IdentityKey.Create("another stranger", TimeProvider.System.GetUtcNow());
        await (await DialledAgent.ConnectAsync(_secondPort, other)).Stream.DisposeAsync();
        var entries = await Eventually.Async(
            async () => (await _first.Http.GetFromJsonAsync<JsonElement>("/api/v1/audit?what=access.refused", Token)).GetProperty("items").EnumerateArray().Select(item => item.ToString()).ToList(),
            found => new[] { key, other }.All(known => found.Exists(entry => entry.Contains(KeyPin.Shown(known.Pin), StringComparison.Ordinal))));
        Assert.Single(entries, entry => entry.Contains(KeyPin.Shown(key.Pin), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Address_OfADashboardThatIsSilentForAnHour_LeavesTheList()
    {
        await UntilListedAsync(_first, 2);
        var before = _first.Get<HubAddresses>().Current!.Revision;
        await _second.KillAsync();
        await _first.Get<IOwnership>().WhenOwnedAsync(owned => owned.OwnsFleet, Token).WaitAsync(Eventually.Limit, Token);
        var gone = AddressOf(_secondPort);
        var longAgo = TimeProvider.System.GetUtcNow().UtcDateTime - HubAddresses.Lifetime - TimeSpan.FromMinutes(1);
        await _first.ReadAsync(context => context.AgentAddresses.Where(address => address.Address == gone).ExecuteUpdateAsync(update => update.SetProperty(address => address.SeenAt, longAgo), Token));

        await AnnounceAsync(Topics.Addresses);
        await UntilListedAsync(_first, 1);

        Assert.Equal([AddressOf(_firstPort)], _first.Get<HubAddresses>().Current!.Addresses);
        Assert.True(_first.Get<HubAddresses>().Current!.Revision > before);
    }

    [Fact]
    public async Task Addresses_MoreThanTen_TheListHasTheTenThatWereThereFirst()
    {
        await UntilListedAsync(_first, 2);
        await using (var context = await _first.Get<IDbContextFactory<Dashboard.Data.DashboardContext>>().CreateDbContextAsync(Token))
        {
            var later = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1);
            context.AgentAddresses.AddRange(Enumerable.Range(1, 9).Select(number => new Dashboard.Data.Entities.AgentAddressEntity
            {
                Address = string.Create(CultureInfo.InvariantCulture, $"https://dashboard{number}.example:5443"),
                AddedAt = later.AddSeconds(number),
                SeenAt = later,
            }));
            await context.SaveChangesAsync(Token);
        }

        await AnnounceAsync(Topics.Addresses);
        await UntilListedAsync(_first, OutboundProtocol.MaximumAddresses);

        Assert.DoesNotContain("https://dashboard9.example:5443", _first.Get<HubAddresses>().Current!.Addresses);
        Assert.Contains("https://dashboard8.example:5443", _first.Get<HubAddresses>().Current!.Addresses);
    }

    public async ValueTask InitializeAsync()
    {
        _first = await StartAsync(_firstFolder, _firstPort, null);
        var (_, body, _) = await _first.PostAsync("/api/v1/hub/join-tokens", new { });
        _second = await StartAsync(_secondFolder, _secondPort, body.GetProperty("token").GetString());
        await Task.WhenAll(new[] { _first, _second }.Select(dashboard => dashboard.Get<IOwnership>().WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token).WaitAsync(Eventually.Limit, Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        _firstFolder.Dispose();
        _secondFolder.Dispose();
    }

    private static Task<JsonElement> ReadAsync(TestDashboard dashboard, int serverId) => dashboard.Http.GetFromJsonAsync<JsonElement>($"/api/v1/servers/{serverId}", Token);

    private static string AddressOf(int port) => string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");

    private static async Task<Wire.AnnounceAddressesRequest> NextAsync(DialledAgent agent)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Limit);
        return await agent.Announced.ReadAsync(limit.Token);
    }

    private static Task UntilListedAsync(TestDashboard dashboard, int count) => Eventually.TrueAsync(() => dashboard.Get<HubAddresses>().Current?.Addresses.Count == count);

    private (TestDashboard Owner, TestDashboard Other) OwnersOf(int serverId) => _first.Get<IOwnership>().Owned.Owns(serverId) ? (_first, _second) : (_second, _first);

    /// <summary>Dials the first, then the second; each task ends with its connection.</summary>
    private async Task<Task[]> DialBothAsync(DialledAgent agent)
    {
        var (first, second) = (await agent.DialAsync(_firstPort), await agent.DialAsync(_secondPort));
        Assert.Equal((OutboundAnswer.Taken, OutboundAnswer.Taken), (first.Answer, second.Answer));
        return [first.Ended, second.Ended];
    }

    /// <summary>As another dashboard would say it.</summary>
    private async Task AnnounceAsync(string topic)
    {
        await using var connection = new Npgsql.NpgsqlConnection(_connectionString);
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_notify('wsusdashboard', @text)";
        command.Parameters.AddWithValue("text", $"test|{topic}|*");
        await command.ExecuteNonQueryAsync(Token);
    }

    private Task<TestDashboard> StartAsync(TempFolder folder, int port, string? token) => TestDashboard.StartAsync(folder, options =>
    {
        options.EnrolmentPort = port;
        options.Agents.Address = AddressOf(port);
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.Join.Token = token is null ? Secret.Empty : new(token);
    });
}
