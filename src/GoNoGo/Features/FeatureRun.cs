using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GoNoGo.Detection.Features;
using GoNoGo.Detection.Scoring;
using GoNoGo.Detection.Training;
using GoNoGo.Inspecting;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Vision.Datasets.Loading;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Features;

/// <summary>One run: batch by batch from pictures or a tensor to the file.</summary>
internal sealed class FeatureRun
{
    /// <summary>The tensor that is taken as it is.</summary>
    public const string InputName = "input";

    private const int BatchSize = 8;
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FeatureRequest _request;
    private readonly FeatureExtractor _extractor;
    private readonly PendingFile _file;
    private readonly SafetensorsRecordWriter _writer;
    private readonly IReadOnlyList<string>? _files;
    private readonly HashSet<int> _left = [];

    public FeatureRun(FeatureRequest request, FeatureExtractor extractor, PendingFile file, int count, IReadOnlyList<string>? files)
    {
        (_request, _extractor, _file, _files) = (request, extractor, file, files);
        _writer = new SafetensorsRecordWriter(
            file.Stream, extractor.Levels.Select(level => (level.Name, new Shape(level.Width, level.Rows, level.Columns))), count, Metadata());
    }

    /// <summary>Pictures written.</summary>
    public long Done { get; private set; }

    /// <summary>Pictures left out.</summary>
    public List<UnreadablePicture> Unreadable { get; } = [];

    /// <summary>What a reader of the features must know.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. _extractor.Warnings,
        .. _extractor.IsDeterministic ? (string[])[] : [string.Create(CultureInfo.InvariantCulture,
            $"backbone-mode=train: batch statistics and stochastic depth make features depend on the {BatchSize} pictures of a batch and their order.")],
    ];

    /// <summary>Computes pictures in their order.</summary>
    public void Pictures(IReadOnlyList<string> files, Action<int, int>? progress, CancellationToken cancellation)
    {
        var items = new PathItems(files);
        var frame = new PictureFrame(_extractor.Backbone.InputPreprocessing, null);
        using var source = new PictureSource(items, frame, new BatchLoaderOptions { CacheBytes = 0, OnUnreadable = UnreadablePictures.Report });
        using var scope = new TensorScope();
        foreach (PictureBatch batch in source.Read(null, BatchSize, cancellation))
        {
            scope.Reset();
            int count = batch.Images.Shape[0];
            for (int b = 0; b < count; b++)
            {
                PathItem item = items.Take(batch.First + b);
                if (batch.Failures[b] is { } failure)
                {
                    Leave(batch.First + b, item.RelativePath, failure);
                }
            }

            // Pictures that cannot be read must not take part: in training mode they would change the others.
            int[] good = [.. Enumerable.Range(0, count).Where(b => batch.Failures[b] is null)];
            if (good.Length > 0)
            {
                Compute(good.Length == count ? batch.Images : Pick(batch.Images, good, scope), scope);
            }

            progress?.Invoke(batch.First + count, files.Count);
        }
    }

    /// <summary>Computes the items of the tensor <c>input</c>.</summary>
    public void Items(SafetensorsReader tensors, int count, Action<int, int>? progress, CancellationToken cancellation)
    {
        using var scope = new TensorScope();
        for (int first = 0; first < count; first += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            scope.Reset();
            Tensor images = scope.New(_extractor.Backbone.Graph.InputShape.For(Math.Min(BatchSize, count - first)));
            tensors.ReadItems(InputName, first, images);
            Compute(images, scope);
            progress?.Invoke(first + images.Shape[0], count);
        }
    }

    /// <summary>Completes the file and puts it in its place.</summary>
    public void Finish()
    {
        if (Done == 0)
        {
            throw new ImageFormatException($"none of the {Unreadable.Count} pictures could be read; the first: {Unreadable[0].Error}");
        }

        try
        {
            _writer.Finish(Metadata());
        }
        catch (IOException exception)
        {
            throw PendingFile.Refused(_request.Output, exception);
        }

        _file.Keep();
    }

    private static Tensor Pick(Tensor images, int[] places, TensorScope scope)
    {
        Tensor picked = scope.New(new Shape(places.Length, images.Shape[1], images.Shape[2], images.Shape[3]));
        for (int i = 0; i < places.Length; i++)
        {
            images[places[i]].CopyTo(picked[i]);
        }

        return picked;
    }

    private void Leave(int index, string name, Exception failure)
    {
        if (!_request.SkipDamaged)
        {
            throw new ImageFormatException(failure.Message, failure);
        }

        _left.Add(index);
        Unreadable.Add(new UnreadablePicture(name, failure.Message));
    }

    private void Compute(Tensor images, TensorScope scope)
    {
        Tensor[] features = _extractor.Extract(images, scope);
        try
        {
            for (int level = 0; level < features.Length; level++)
            {
                for (int b = 0; b < images.Shape[0]; b++)
                {
                    _writer.Append(_extractor.Levels[level].Name, features[level][b].Span);
                }
            }
        }
        catch (IOException exception)
        {
            throw PendingFile.Refused(_request.Output, exception);
        }

        Done += images.Shape[0];
    }

    /// <summary>What the features are: enough to compute them again.</summary>
    private Dictionary<string, string> Metadata()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["backbone"] = _extractor.Backbone.Id,
            ["weights_sha256"] = _extractor.WeightsSha256,
            ["options"] = Json(json =>
            {
                json.WriteStartObject();
                foreach ((string id, string value) in _request.Backbone.Options().Values)
                {
                    json.WriteString(id, value);
                }

                json.WriteEndObject();
            }),
        };
        if (_files is not null)
        {
            metadata["preprocessing"] = JsonSerializer.Serialize(_extractor.Backbone.InputPreprocessing, PreprocessingJson.Default.Preprocessing);
            metadata["files"] = Json(json =>
            {
                json.WriteStartArray();
                for (int i = 0; i < _files.Count; i++)
                {
                    if (!_left.Contains(i))
                    {
                        json.WriteStringValue(_files[i]);
                    }
                }

                json.WriteEndArray();
            });
        }

        return metadata;
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            write(json);
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
