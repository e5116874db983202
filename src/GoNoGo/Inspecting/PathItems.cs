using System.Collections;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Inspecting;

/// <summary>Picture files as items that exist from their decoding until their finding only: a list of a million paths stays as small as it is.</summary>
internal sealed class PathItems(IReadOnlyList<string> paths) : IReadOnlyList<DatasetItem>
{
    private readonly PathItem?[] _items = new PathItem?[paths.Count];

    public int Count => paths.Count;

    /// <summary>The item; the same one until it is taken. May be asked for by several threads.</summary>
    public DatasetItem this[int index] => Get(index);

    /// <summary>The item, which is then forgotten.</summary>
    public PathItem Take(int index)
    {
        PathItem item = Get(index);
        _items[index] = null;
        return item;
    }

    public IEnumerator<DatasetItem> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PathItem Get(int index)
    {
        if (Volatile.Read(ref _items[index]) is { } item)
        {
            return item;
        }

        var made = new PathItem(paths[index]);
        return Interlocked.CompareExchange(ref _items[index], made, null) ?? made;
    }
}

/// <summary>A picture file on its own, outside of any data set.</summary>
internal sealed class PathItem(string path) : DatasetItem
{
    /// <summary>Known once the picture was decoded.</summary>
    public PictureFormat Format { get; private set; }

    public override string RelativePath => path;

    public override bool IsDefective => false;

    public override string DefectKind => GoodKind;

    public override bool HasMask => false;

    public override string? FilePath => path;

    public override PictureFormat Identify() => Format;

    public override Image LoadImage() => LoadImage(ImageDecoderOptions.Default);

    public override Image LoadImage(ImageDecoderOptions options)
    {
        Image image = PictureFile.Read(path, file => ImageDecoder.Load(file, options));
        Format = new PictureFormat(image.FullWidth, image.FullHeight, image.Channels, image.BitDepth) { Orientation = image.Orientation, Pages = image.Pages };
        return image;
    }

    public override Image? LoadMask() => null;
}
