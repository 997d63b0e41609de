using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>A dashboard that comes to a database in use has the keys of the others, or doesn't start.</summary>
public sealed class JoiningTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _other = new();
    private readonly string _connectionString;

    public JoiningTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase();
        _connectionString = cluster.ConnectionString(database);
    }

    [Fact]
    public async Task Start_DatabaseInUseAndNoKeys_IsRefusedAndLeavesTheFolderEmpty()
    {
        await using var first = await StartAsync(_folder);

        var refused = await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(_other));

        AssertText.Tells(refused.Message, "join token", "Dashboard:DataDirectory", "Dashboard:Join:TokenFile");
        Assert.Equal(["dashboard.lock"], Directory.GetFiles(_other.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Start_DatabaseInUseAndKeysOfAnother_IsRefused()
    {
        await using var first = await StartAsync(_folder);
        CopyTo(_other, "dashboard.key");
        using (var stranger = new HubIdentity(new() { DataDirectory = _other.Path }, TimeProvider.System))
        {
            _ = (stranger.Id, stranger.Keys.Current);
        }

        await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(_other));
    }

    [Fact]
    public async Task Start_KeyFileAloneIsTheRightOne_IsRefused()
    {
        await using var first = await StartAsync(_folder);
        CopyTo(_other, "dashboard.key");

        await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(_other));

        Assert.False(File.Exists(_other.File("identity.pem")));
    }

    [Fact]
    public async Task Start_WithAToken_TakesTheKeysOnceAndStartsAgainWithoutIt()
    {
        await using var first = await StartAsync(_folder);
        var token = await OfferAsync(first);

        await using (var second = await StartAsync(_other, token))
        {
            Assert.Equal(first.Get<HubIdentity>().Id, second.Get<HubIdentity>().Id);
            Assert.Equal(first.Get<HubIdentity>().Keys.Current.Pin, second.Get<HubIdentity>().Keys.Current.Pin);
            var verdict = await second.Get<AuditVerification>().VerifyAsync(Token);
            Assert.True(verdict.IsIntact, verdict.Sentence);
        }

        await using var again = await StartAsync(_other);
        using var third = new TempFolder();
        var refused = await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(third, token));
        AssertText.Tells(refused.Message, "used before");
    }

    [Fact]
    public async Task Start_TokenThatExpired_IsRefused()
    {
        await using var first = await StartAsync(_folder);
        var token = await OfferAsync(first);
        await ChangeOffersAsync(first, offers => offers.ExecuteUpdateAsync(update => update.SetProperty(offer => offer.ExpiresAt, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1)), Token));

        var refused = await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(_other, token));

        AssertText.Tells(refused.Message, "expired");
    }

    /// <summary>Whoever can write to the database can't put keys of their own there.</summary>
    [Fact]
    public async Task Start_OfferThatWasChanged_IsRefused()
    {
        await using var first = await StartAsync(_folder);
        var token = await OfferAsync(first);
        await ChangeOffersAsync(first, offers => offers.ExecuteUpdateAsync(update => update.SetProperty(offer => offer.Sealed, new byte[200]), Token));

        await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(_other, token));

        Assert.False(File.Exists(_other.File("dashboard.key")));
    }

    [Fact]
    public async Task Offer_Stored_HoldsNoKeyAndNoToken()
    {
        await using var first = await StartAsync(_folder);
        var token = await OfferAsync(first);
        await using var context = await first.Services.GetRequiredService<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);

        var offer = await context.JoinOffers.AsNoTracking().SingleAsync(Token);

        var text = Convert.ToBase64String(offer.Sealed) + System.Text.Encoding.Latin1.GetString(offer.Sealed) + offer.Id;
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain(await File.ReadAllTextAsync(_folder.File("dashboard.key"), Token), text, StringComparison.Ordinal);
        Assert.DoesNotContain(token[^20..], text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offer_OnSqlite_IsAConflict()
    {
        await using var dashboard = await TestDashboard.StartAsync(_folder);

        var (status, _, _) = await dashboard.PostAsync("/api/v1/hub/join-tokens", new { });

        Assert.Equal(409, status);
    }

    [Fact]
    public async Task RotateKey_WhileAnotherDashboardRuns_BothUseTheNewKey()
    {
        await using var first = await StartAsync(_folder);
        await using var second = await StartAsync(_other, await OfferAsync(first));
        var before = first.Get<HubIdentity>().Keys.Current.Pin;

        Assert.Equal(200, (await second.PostAsync("/api/v1/hub/key/rotation", new { })).Status);

        var after = second.Get<HubIdentity>().Keys.Current.Pin;
        Assert.NotEqual(before, after);
        await Eventually.TrueAsync(() => first.Get<HubIdentity>().Keys is { Next: null, Current.Pin: var pin } && pin == after);
        var proof = await ReadProofAsync(first);
        Assert.Equal((after, null, after), (proof.HubPin, proof.NextPin, proof.SealedPin));
    }

    [Fact]
    public async Task RotateKey_WhileAnotherDashboardIsAway_ItTakesTheKeyOverAtItsStart()
    {
        await using var first = await StartAsync(_folder);
        await (await StartAsync(_other, await OfferAsync(first))).DisposeAsync();
        Assert.Equal(200, (await first.PostAsync("/api/v1/hub/key/rotation", new { })).Status);

        await using var second = await StartAsync(_other);

        Assert.Equal(first.Get<HubIdentity>().Keys.Current.Pin, second.Get<HubIdentity>().Keys.Current.Pin);
    }

    [Fact]
    public async Task RotateKey_TwiceWhileAnotherDashboardIsAway_ItHasToJoinAgain()
    {
        await using var first = await StartAsync(_folder);
        await (await StartAsync(_other, await OfferAsync(first))).DisposeAsync();
        await first.PostAsync("/api/v1/hub/key/rotation", new { });
        await first.PostAsync("/api/v1/hub/key/rotation", new { });

        await Assert.ThrowsAsync<DashboardStartException>(() => StartAsync(_other));
    }

    [Fact]
    public async Task SealedKey_InTheDatabase_IsOpenedByNeitherTheKeyFileNorTheOldKeyAlone()
    {
        await using var first = await StartAsync(_folder);
        await first.PostAsync("/api/v1/hub/key/rotation", new { });
        var proof = await ReadProofAsync(first);
        using var stranger = new HubIdentity(new() { DataDirectory = _other.Path }, TimeProvider.System);
        var keyFile = first.Get<KeyFile>();

        // The key file with another identity.
        var membership = new HubMembership(first.Get<IDbContextFactory<SecurityContext>>(), first.Get<DatabaseProvider>(), keyFile, stranger, new() { DataDirectory = _other.Path }, TimeProvider.System);

        Assert.False(membership.TryAdopt(proof));
        Assert.Null(stranger.Keys.Next);
        Assert.DoesNotContain("PRIVATE KEY", System.Text.Encoding.Latin1.GetString(proof.SealedKey!), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _other.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<string> OfferAsync(TestDashboard dashboard)
    {
        var (status, body, _) = await dashboard.PostAsync("/api/v1/hub/join-tokens", new { });
        Assert.Equal(200, status);
        return body.GetProperty("token").GetString()!;
    }

    private static async Task ChangeOffersAsync(TestDashboard dashboard, Func<DbSet<JoinOfferEntity>, Task<int>> change)
    {
        await using var context = await dashboard.Services.GetRequiredService<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        Assert.Equal(1, await change(context.JoinOffers));
    }

    private static async Task<HubProofEntity> ReadProofAsync(TestDashboard dashboard)
    {
        await using var context = await dashboard.Services.GetRequiredService<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await context.HubProofs.AsNoTracking().SingleAsync(Token);
    }

    private void CopyTo(TempFolder folder, string name) => File.Copy(_folder.File(name), folder.File(name));

    private Task<TestDashboard> StartAsync(TempFolder folder, string? token = null) => TestDashboard.StartAsync(folder, options =>
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.Join.Token = token is null ? Secret.Empty : new(token);
    });
}
