using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace GoNoGo.Weights;

/// <summary>
/// Fetches one address into a file that may hold the beginning already. What is there is asked for again only where the server
/// says that it is still the same (If-Range); proxies are those of the system and the environment.
/// </summary>
internal sealed class Download
{
    private const int ChunkBytes = 1 << 17;

    private readonly Uri _address;
    private readonly string _part;
    private readonly long _expectedBytes;
    private readonly DownloadOptions _options;
    private readonly Action<long, long>? _progress;

    private Download(Uri address, string part, long expectedBytes, DownloadOptions options, Action<long, long>? progress)
    {
        _address = address;
        _part = part;
        _expectedBytes = expectedBytes;
        _options = options;
        _progress = progress;
    }

    private string ValidatorPath => _part + ".validator";

    /// <param name="address">http or https.</param>
    /// <param name="part">The file to fill or to go on filling.</param>
    /// <param name="expectedBytes">Its size where it is known, else 0.</param>
    /// <param name="options">Patience.</param>
    /// <param name="progress">Told the bytes that are there and all of them (0 where the server does not say).</param>
    /// <param name="cancellation">Leaves the part as it is.</param>
    /// <exception cref="WeightsException">Not found, refused, of another size, or broken off too often.</exception>
    public static void Run(Uri address, string part, long expectedBytes, DownloadOptions options, Action<long, long>? progress, CancellationToken cancellation) =>
        new Download(address, part, expectedBytes, options, progress).RunAsync(cancellation).GetAwaiter().GetResult();

    private async Task RunAsync(CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = _options.InactivityTimeout, DefaultProxyCredentials = CredentialCache.DefaultCredentials };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("gonogo", null));
        TimeSpan delay = _options.RetryDelay;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await AttemptAsync(client, cancellation).ConfigureAwait(false);
                Remove(ValidatorPath);
                return;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && exception is HttpRequestException or BrokenOffException or OperationCanceledException or (IOException and not WeightsException))
            {
                cancellation.ThrowIfCancellationRequested();
                if (attempt >= _options.Attempts)
                {
                    string cause = exception is OperationCanceledException
                        ? string.Create(CultureInfo.InvariantCulture, $"nothing came for {_options.InactivityTimeout.TotalSeconds} seconds")
                        : exception.Message.TrimEnd('.');
                    throw new WeightsException(Length == 0
                        ? $"{_address} cannot be reached ({cause}); check the network and the proxy (HTTPS_PROXY), or fetch the file elsewhere and use 'gonogo weights import'."
                        : $"the download of {_address} broke off after {Length} bytes ({cause}); run the command again to go on from there.", exception);
                }
            }

            await Task.Delay(delay, cancellation).ConfigureAwait(false);
            delay *= 2;
        }
    }

    private long Length => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    private async Task AttemptAsync(HttpClient client, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_options.InactivityTimeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, _address);
        long have = Length;
        RangeConditionHeaderValue? validator = have > 0 ? ReadValidator() : null;
        if (validator is not null)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            request.Headers.IfRange = validator;
        }

        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            if (range?.Length == have)
            {
                // Everything had come; only the end of the last attempt was not seen.
                return;
            }

            Remove(_part);
            throw new BrokenOffException("the server's file has changed");
        }

        Require(response);
        bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && range?.From == have;
        if (response.StatusCode == HttpStatusCode.PartialContent && !goesOn)
        {
            Remove(_part);
            throw new BrokenOffException("the server sent another part than was asked for");
        }

        long start = goesOn ? have : 0;
        long all = (goesOn ? range?.Length : response.Content.Headers.ContentLength) ?? 0;
        if (_expectedBytes > 0 && all > 0 && all != _expectedBytes)
        {
            throw new WeightsException($"{_address} offers a file of {all} bytes, {_expectedBytes} are expected; it is not the published file.");
        }

        StoreValidator(response);
        await CopyAsync(response, start, all, patience).ConfigureAwait(false);
    }

    private async Task CopyAsync(HttpResponseMessage response, long start, long all, CancellationTokenSource patience)
    {
        Stream source = await response.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            using FileStream target = OpenPart(start);
            long done = start;
            var chunk = new byte[ChunkBytes];
            while (true)
            {
                patience.CancelAfter(_options.InactivityTimeout);
                int count = await source.ReadAsync(chunk, patience.Token).ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                Write(target, chunk.AsSpan(0, count));
                done += count;
                if (_expectedBytes > 0 && done > _expectedBytes)
                {
                    throw new WeightsException($"{_address} sends more than the {_expectedBytes} bytes that are expected; it is not the published file.");
                }

                _progress?.Invoke(done, Math.Max(all, _expectedBytes));
            }

            if (all > 0 && done != all)
            {
                throw new BrokenOffException($"{done} of {all} bytes came");
            }
        }
    }

    private void Require(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        int code = (int)response.StatusCode;
        if (code is 408 or 429 or >= 500)
        {
            throw new BrokenOffException($"the server answered {code}");
        }

        throw new WeightsException(response.StatusCode switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => $"there is nothing at {_address} (the server answered {code})",
            HttpStatusCode.ProxyAuthenticationRequired => "the proxy wants a name and password; set them in HTTPS_PROXY (http://NAME:PASSWORD@HOST:PORT)",
            _ => $"the server does not give {_address} (it answered {code} {response.ReasonPhrase})",
        } + "; fetch the file by other means and use 'gonogo weights import', or name a mirror with --from.");
    }

    private FileStream OpenPart(long start)
    {
        try
        {
            var target = new FileStream(_part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1);
            target.SetLength(start);
            target.Position = start;
            return target;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(exception);
        }
    }

    private void Write(FileStream target, ReadOnlySpan<byte> bytes)
    {
        try
        {
            target.Write(bytes);
        }
        catch (IOException exception)
        {
            throw CannotWrite(exception);
        }
    }

    private WeightsException CannotWrite(Exception exception) =>
        new($"cannot write '{_part}': {exception.Message} Make room or set GONOGO_WEIGHTS to another folder.", exception);

    /// <summary>What the server called the version that the part is of, if it did and the address is the same.</summary>
    private RangeConditionHeaderValue? ReadValidator()
    {
        if (!File.Exists(ValidatorPath))
        {
            return null;
        }

        string[] lines = File.ReadAllLines(ValidatorPath);
        return lines.Length == 2 && lines[0] == _address.AbsoluteUri && RangeConditionHeaderValue.TryParse(lines[1], out RangeConditionHeaderValue? validator) ? validator : null;
    }

    private void StoreValidator(HttpResponseMessage response)
    {
        string? validator = response.Headers.ETag is { IsWeak: false } tag ? tag.ToString() : response.Content.Headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);
        if (validator is null)
        {
            Remove(ValidatorPath);
            return;
        }

        File.WriteAllText(ValidatorPath, $"{_address.AbsoluteUri}\n{validator}\n");
    }

    private static void Remove(string path) => File.Delete(path);

    /// <summary>Something that another attempt may mend.</summary>
    private sealed class BrokenOffException(string message) : Exception(message);
}
