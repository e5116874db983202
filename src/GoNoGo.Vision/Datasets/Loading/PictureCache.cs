using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;

namespace GoNoGo.Vision.Datasets.Loading;

/// <summary>All prepared pictures of a loader in one block of memory, filled as they are first decoded.</summary>
internal sealed class PictureCache
{
    private readonly Tensor _pictures;
    private readonly int[] _present;
    private int _count;

    public PictureCache(int count, Shape pictureShape, TensorScope scope)
    {
        // Untouched pages of the block cost nothing until they are filled.
        _pictures = scope.New(new Shape(count, pictureShape[0], pictureShape[1], pictureShape[2]));
        _present = new int[count];
    }

    /// <summary>How many pictures are here.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The memory that so many pictures take.</summary>
    public static long BytesFor(int count, Shape pictureShape) => pictureShape.ElementCount * sizeof(float) * count;

    /// <summary>Copies a picture out, if it is here.</summary>
    public bool TryGet(int index, Tensor destination)
    {
        if (Volatile.Read(ref _present[index]) == 0)
        {
            return false;
        }

        _pictures[index].CopyTo(destination);
        return true;
    }

    /// <summary>Keeps a picture. Two threads may bring the same one: they bring the same values.</summary>
    public void Put(int index, Tensor picture)
    {
        if (Volatile.Read(ref _present[index]) == 0)
        {
            picture.CopyTo(_pictures[index]);
            if (Interlocked.Exchange(ref _present[index], 1) == 0)
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}
